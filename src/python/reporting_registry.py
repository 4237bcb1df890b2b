"""evals' own Registry, made to report what is wrong in the files of registries and go on, where evals would stop or hang.

Evals that are forked from the warm host are given the registry as it was read here, so that what the set does not use cannot
keep it from running. An `oaieval` of its own reads everything again, and stops.
"""
import os
import re

from problems import one_line, words
from registry_text import read_entries

# Has nothing in it that means more than itself in a pattern of an eval set: regular expressions with `.` taken literally.
PLAIN_NAME = re.compile(r"[\w./:@-]+")

# As evals calls them when it looks one up.
KINDS = {
    "eval": "evals",
    "eval set": "eval_sets",
    "completion_fn": "completion_fns",
    "solver": "solvers",
    "modelgraded spec": "modelgraded",
}

# Problems that what is missing in a registry leads to.
NOT_FOUND = frozenset(["unknown-set", "unmatched-name", "missing-modelgraded", "empty-set"])


class Defect:
    """Something in a registry file that evals would stop at."""

    def __init__(self, kind, code, subject, message, names, path):
        self.kind, self.code, self.subject, self.message, self.path = kind, code, subject, message, path
        # The entries it is about; None when it is the file, of which nothing is known.
        self.names = names


def pattern_of(name):
    """As evals.registry.Registry.get_evals."""
    return re.compile("^" + name.replace(".", "\\.").replace("*", ".*") + "$")


def open_registry(paths, problems):
    """What the registry goes on with runs only when the set does not use what was left out: see `settle`."""
    import evals.registry

    own_folder = os.path.join(os.path.dirname(os.path.abspath(evals.registry.__file__)), "registry")
    installed = not {"site-packages", "dist-packages"}.isdisjoint(own_folder.split(os.sep))

    class ReportingRegistry(evals.registry.Registry):
        def __init__(self):
            super().__init__()
            self.defects = []
            self._kind = None
            self._first_paths = {}
            self._bad_names = set()
            self._matched = None
            self._used = set()
            self._patterns = []

        def names_matching(self, pattern):
            """The names of evals that evals takes the pattern for, in the order of the registry. A name that is no pattern
            is looked up; any other is compared with all names, by evals itself."""
            if PLAIN_NAME.fullmatch(pattern):
                self._used.add(("evals", pattern))
                # To evals a name goes on to its end, or to a line break that ends it.
                return [name for name in (pattern, pattern + "\n") if name in self._evals]
            self._patterns.append(pattern_of(pattern))
            self._matched = []
            try:
                for _ in self.get_evals([pattern]):
                    pass
                return self._matched
            finally:
                self._matched = None

        def get_eval(self, name):
            if self._matched is None:
                return super().get_eval(name)
            self._matched.append(name)
            return None

        def settle(self, names, unread_kinds, shared):
            """Makes problems of what is wrong with the registry, or warnings where the set does not use it and its evals do
            not read it: when they are given this registry (`shared`), or of kinds that they do not read. `names` are those
            that were looked for, besides the evals of the set."""
            wanted = {name for _, name in self._used} | set(names)
            missing = any(problem["code"] in NOT_FOUND for problem in problems.found)
            for defect in self.defects:
                read = (missing or not shared) and defect.kind not in unread_kinds
                if read or self._uses(defect, wanted):
                    problems.add(defect.code, defect.subject, defect.message)
                else:
                    why = "The set does not use it, so it is passed over; oaieval by itself stops at it"
                    problems.warn(defect.code, defect.subject, f"{defect.message}. {why}")

        def _uses(self, defect, wanted):
            if defect.names is not None:
                patterns = self._patterns if defect.kind == "evals" else []
                return any(
                    name in wanted or isinstance(name, str) and any(pattern.match(name) for pattern in patterns)
                    for name in defect.names
                )
            # What a pattern stands for may be in a file that cannot be read.
            return defect.kind == "evals" and bool(self._patterns) or names_any(defect.path, wanted)

        def _load_file(self, path):
            try:
                comes_with_evals = installed and os.path.abspath(path).startswith(own_folder + os.sep)
                entries = read_entries(path, comes_with_evals)
            except Exception as error:
                self._defect("bad-registry", path, words(error), None, path)
                return
            for name, spec in (entries or {}).items():
                yield name, path, spec

        def _load_resources(self, registry_path, resource_type):
            self._kind = resource_type
            duplicates = {}
            for name, path, spec in super()._load_resources(registry_path, resource_type):
                first = self._first_paths.get((resource_type, name))
                why = self._why_refused(name, path, spec, resource_type)
                if first:
                    duplicates.setdefault(path, []).append((name, first))
                    continue
                self._first_paths[resource_type, name] = path
                if why:
                    self._defect("bad-registry", path, why, [name], path)
                else:
                    yield name, path, spec
            for path, entries in duplicates.items():
                name, first = entries[0]
                more = f", and {len(entries) - 1} more entries of this file" if len(entries) > 1 else ""
                why = f"duplicate entry: {name} from {path} (it is in {first} already){more}"
                self._defect("duplicate-entry", name, why, [each for each, _ in entries], path)

        def _defect(self, code, subject, message, names, path):
            self.defects.append(Defect(self._kind, code, subject, message, names, path))

        def _why_refused(self, name, path, spec, resource_type):
            if resource_type == "evals" and not isinstance(name, str):
                return f"the name {name!r} is not text; put it in quotes"
            if not isinstance(spec, dict):
                kind = type(spec).__name__
                return f"the entry '{name}' of {resource_type} is of type {kind}, where a mapping is needed"
            try:
                self._validate_reserved_keywords(spec, name, path)
            except ValueError as error:
                return words(error)
            return None

        def _dereference(self, name, d, object, type, **kwargs):
            for each in chain_of(name, d):
                self._used.add((KINDS.get(object), each))
            if (object, name) in self._bad_names:
                return None
            why, near = broken_alias(name, d, problems)
            if why is None:
                try:
                    return super()._dereference(name, d, object, type, **kwargs)
                except Exception as error:
                    why = f"Error while processing {object} '{name}': {words(error)}"
            self._bad_names.add((object, name))
            problems.add("bad-registry", name, why, near)
            return None

    registry = ReportingRegistry()
    paths = list(paths)
    for path in paths:
        if not os.path.isdir(path):
            problems.add("missing-registry-path", path, f"there is no directory {os.path.abspath(path)}")
    registry.add_registry_paths(paths)
    return registry


def chain_of(name, entries):
    """A name and what it is an alias of."""
    chain = [name]
    while isinstance(chain[-1], str) and chain[-1] in entries:
        entry = entries[chain[-1]]
        target = entry.get("id") if isinstance(entry, dict) else entry
        if not isinstance(target, str) or target in chain:
            break
        chain.append(target)
    return chain


def names_any(path, wanted):
    """Whether a file that cannot be read as a registry seems to have one of the entries."""
    if not os.path.isfile(path):
        return False
    try:
        with open(path, "rb") as file:
            text = file.read(1 << 22).decode("utf-8", "replace")
    except OSError:
        return False
    keys = {match.strip("\"' ") for match in re.findall(r"(?m)^[ {\t\ufeff]*(\"[^\"\n]*\"|'[^'\n]*'|[^\s:#][^:\n]*):", text)}
    return not keys.isdisjoint(one_line(str(name)) for name in wanted)


def broken_alias(name, entries, problems):
    """Why following the alias does not end at an entry (evals would die of KeyError, or loop for ever), or None."""
    chain = [name]
    while chain[-1] in entries:
        entry = entries[chain[-1]]
        target = entry.get("id") if isinstance(entry, dict) else entry
        if target is None:
            return None, ()
        if not isinstance(target, str):
            return f"the id of '{chain[-1]}' is {target!r}, where a name is needed", ()
        if target in chain:
            return "alias loop: " + " -> ".join([*chain, target]), ()
        chain.append(target)
    if len(chain) == 1:
        return None, ()  # Not an alias: the caller deals with unknown names.
    why = f"'{chain[-2]}' stands for '{chain[-1]}', which the registry does not have"
    return why, problems.near(chain[-1], entries)
