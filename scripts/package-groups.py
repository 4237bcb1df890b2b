"""Writes evals-<version>.groups.json beside a lock: the packages that every eval needs (`core`), and for each of the other
modules that suites of evals import, the packages that have to be installed for it. scripts/lock.sh runs it.

    python3 scripts/package-groups.py evals-3.0.1.post1.in evals-3.0.1.post1.txt

The .in file lists the packages, with the core first: up to the line that begins with "# Single suites". A package that
another one imports only when it is there is named after it: `pandas  # uses scipy`. What a package requires is read from
the "via" lines of the lock, for all versions of Python and all platforms together.
"""
import json
import re
import sys


def normalized(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def roots_of(text):
    """The packages of the core, and the others with what they use."""
    core, others, found = [], {}, None
    for line in text.splitlines():
        if line.startswith("# Single suites"):
            found = others
        requirement, _, comment = line.partition("#")
        if not requirement.strip():
            continue
        name = normalized(re.match(r"[\w.-]+", requirement).group())
        if found is None:
            core.append(name)
        else:
            others[name] = [normalized(each) for each in re.findall(r"[\w.-]+", comment.partition("uses")[2])]
    return core, others


def requirements_of(lock):
    """For each package the packages that it requires."""
    requires = {}
    for block in re.split(r"\n(?=\S)", lock):
        match = re.match(r"([\w.-]+)==", block)
        if not match:
            continue
        for parent in re.search(r"# via (.*)", block).group(1).split(", "):
            requires.setdefault(normalized(parent), set()).add(normalized(match.group(1)))
    return requires


def closure(names, requires):
    seen, waiting = set(), list(names)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += requires.get(name, ())
    return seen


def main(packages_path, lock_path):
    with open(packages_path, encoding="utf-8") as packages, open(lock_path, encoding="utf-8") as lock:
        core, others = roots_of(packages.read())
        requires = requirements_of(lock.read())
    for name, used in others.items():
        requires.setdefault(name, set()).update(used)
    always = closure(core, requires)
    # The module of each of these packages has the name of the package.
    imports = {name: sorted(closure([name], requires) - always) for name in sorted(others)}
    with open(lock_path.removesuffix(".txt") + ".groups.json", "w", encoding="utf-8") as file:
        json.dump({"core": sorted(always), "imports": imports}, file, indent=2)
        file.write("\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
