"""Explains why a name in a set is not found, when it exists in a place or a form that evals does not read."""
import json
import os
import re

from .globs import glob_of
from .problems import in_own_words
from .registry import chain_of
from .registry_paths import KINDS, directories_in, is_registry

# Bounds of the search, in case a registry path is the root of a disk.
MAX_ENTRIES = 3000
MAX_DEPTH = 4
MAX_BYTES = 4 * 1024**2

SHOWN_NAMES = 3
ENDINGS = (".yaml", ".yml", ".json", ".yaml.txt", ".yml.txt")

SPECIAL_CHARACTERS = re.compile(r"[+?()\[\]{}|^$\\]")


class NotFound:
    def __init__(self, registry, problems):
        self._registry = registry
        self._problems = problems
        self._files = {}

    def eval_set(self, name):
        if name in self._registry._evals:
            self._problems.add("eval-as-set", name, self._how_to_run(name))
            return
        why = self._find_nearby("eval_sets", name)
        near = () if why else self._problems.near(name, self._registry._eval_sets)
        if self._has_other_cause("eval_sets", name, why, near):
            return
        why = why or ("" if near else self._own_sets())
        self._problems.add("unknown-set", name, f"no registry has an eval set of this name{why}", near)

    def eval_of_set(self, pattern, eval_set):
        known = self._registry._evals
        missing = f"the eval set {eval_set} names an eval that no registry has"
        why = self._special_meaning(pattern, known) or self._set_of(pattern) or self._find_nearby("evals", pattern)
        near = () if why else self._problems.near(pattern.replace("*", ""), known)
        if self._has_other_cause("evals", pattern, why, near):
            return
        # A suggestion must match when it is written into the set.
        self._problems.add("unmatched-name", pattern, missing + why, [as_pattern(name) for name in near])

    def invalid_pattern(self, pattern, error):
        why = self._special_meaning(pattern, self._registry._evals)
        self._problems.add("unmatched-name", pattern, f"it is not a valid pattern: {in_own_words(error)}{why}")

    def modelgraded(self, name, subject):
        known = self._registry._modelgraded_specs
        why = self._find_nearby("modelgraded", name)
        near = () if why else self._problems.near(name, known)
        if self._has_other_cause("modelgraded", name, why, near):
            return
        self._problems.add("missing-modelgraded", subject, f"no registry has the modelgraded spec {name}{why}", near)

    def _has_other_cause(self, kind, name, why, near):
        """Whether a defect explains it, or a wrong registry path. A name with a similar one is misspelt."""
        return not why and not near and self._registry.explain_missing_name(kind, name)

    def _how_to_run(self, name):
        """What to do with an eval in the place of a set."""
        pattern = as_pattern(name)
        line = f"{as_yaml(name)}: {{evals: [{as_yaml(pattern)}]}}"
        ways = [f"to run it alone, write {line} into a file eval_sets/{name.split('.')[0]}.yaml of your own registry"]
        keys = chain_of(name, self._registry._evals)
        sets = []
        for other, spec in self._registry._eval_sets.items():
            listed = spec.get("evals") if isinstance(spec, dict) else None
            if isinstance(listed, list) and not set(keys).isdisjoint(map(str, listed)):
                sets.append((len(listed), other))
        if sets:
            ways.append(f"or set eval-set to {min(sets)[1]} and include to {glob_of(name)}")
        return f"it is an eval, not an eval set; {', '.join(ways)}"

    def _own_sets(self):
        """The eval sets of the registries of the user."""
        given = set(map(str, self._registry.given_paths.paths))
        own = [name for name, spec in self._registry._eval_sets.items() if str(spec.get("registry_path")) in given]
        if not own:
            return ""
        more = f" and {len(own) - SHOWN_NAMES} more" if len(own) > SHOWN_NAMES else ""
        return f". The registries of registry-path have the eval sets {', '.join(own[:SHOWN_NAMES])}{more}"

    def _set_of(self, pattern):
        """A set cannot contain a set."""
        spec = self._registry._eval_sets.get(pattern)
        listed = spec.get("evals") if isinstance(spec, dict) else None
        if not isinstance(listed, list):
            return ""
        names = ", ".join(map(str, listed[:SHOWN_NAMES])) + (f" and {len(listed) - SHOWN_NAMES} more" if len(listed) > SHOWN_NAMES else "")
        return f": it is an eval set, and a set can only list evals; list the evals of {pattern} instead ({names})"

    def _special_meaning(self, pattern, known):
        """Names in a set are regular expressions, except that `.` is a dot and `*` matches anything."""
        special = sorted(set(SPECIAL_CHARACTERS.findall(pattern)))
        if not special:
            return ""
        same = [name for name in known if isinstance(name, str) and (name == pattern or name.startswith(pattern + "."))]
        if not same:
            return ""
        return (
            f": names in an eval set are patterns with special characters, here {' '.join(special)}; "
            f"to select the eval {same[0]}, write {as_pattern(pattern)}"
        )

    def _find_nearby(self, kind, name):
        for path in self._registry._registry_paths:
            path = str(path)
            why = self._in_unread_file(path, kind, name) or self._at_other_level(path, kind, name)
            if why:
                return why
        return ""

    def _in_unread_file(self, registry_path, kind, name):
        """The name is in a file that evals does not read."""
        folder = os.path.join(registry_path, kind)
        for file in self._files_below(folder):
            directly = os.path.dirname(file) == folder
            if directly and file.endswith(".yaml"):
                if has_entry(file, name, "- "):
                    return f": it is in {file}, but as an item of a list; remove the '- ' before it"
                continue
            if not has_entry(file, name):
                continue
            if not directly:
                return f": it is in {file}, but files in sub-directories are not read; move the file directly into {folder}"
            return f": it is in {file}, but only files whose name ends in .yaml are read; rename the file"
        for other in KINDS:
            if other != kind:
                for file in self._files_below(os.path.join(registry_path, other)):
                    if has_entry(file, name):
                        return f": it is in {file}, but evals looks for it in {folder} only"
        return ""

    def _at_other_level(self, path, kind, name):
        """The given registry path is the parent of a registry, or has the file itself. RegistryPaths knows paths without any
        directory of a registry."""
        if os.path.isdir(os.path.join(path, kind)):
            return ""
        for folder in [os.path.join(path, each) for each in directories_in(path)] if is_registry(path) else []:
            if any(has_entry(file, name) for file in self._files_below(os.path.join(folder, kind))):
                return f": the registry path {path} is one level too high; give {folder} instead"
        if any(has_entry(file, name) for file in self._files_in(path)):
            return f": the registry path {path} has no directory {kind}, where evals looks for it; move the files into {kind}"
        return ""

    def _files_below(self, folder):
        if folder not in self._files:
            self._files[folder] = list(files_below(folder))
        return self._files[folder]

    def _files_in(self, folder):
        return [file for file in self._files_below(folder) if os.path.dirname(file) == folder]


def as_yaml(name):
    return name if re.fullmatch(r"[A-Za-z][\w./-]*", name) else json.dumps(name)


def as_pattern(name):
    """The pattern that matches only this name."""
    return SPECIAL_CHARACTERS.sub(lambda match: "\\" + match.group(), name)


def files_below(folder):
    count = 0
    for place, folders, names in os.walk(folder):
        if place[len(folder) :].count(os.sep) >= MAX_DEPTH:
            folders[:] = []
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            count += 1
            if count > MAX_ENTRIES:
                return
            path = os.path.join(place, name)
            if name.lower().endswith(ENDINGS) and os.path.isfile(path):
                yield path


def has_entry(path, name, before=""):
    """Whether a file has the name, or the name with a split, as a key at its top level, after this text."""
    try:
        with open(path, "rb") as file:
            text = file.read(MAX_BYTES).decode("utf-8", "replace")
    except OSError:
        return False
    stem = re.escape(name.replace("*", "")).replace("\\\\", "\\")
    return re.search(rf"(?m)^[ \t]{{0,2}}[{{\ufeff]?{before}[ \t]*[\"']?{stem}(\.[^\s:\"']*)?[\"']?[ \t]*:", text) is not None
