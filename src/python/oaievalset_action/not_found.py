"""Explains why a name in a set is not found, when it exists in a place or a form that evals does not read."""
import os
import re

from .problems import in_own_words

# Bounds of the search, in case a registry path is the root of a disk.
MAX_ENTRIES = 3000
MAX_DEPTH = 4
MAX_BYTES = 4 * 1024**2

KINDS = ("evals", "eval_sets", "modelgraded", "completion_fns", "solvers")
ENDINGS = (".yaml", ".yml", ".json", ".yaml.txt", ".yml.txt")

SPECIAL_CHARACTERS = re.compile(r"[+?()\[\]{}|^$\\]")


class NotFound:
    def __init__(self, registry, problems):
        self._registry = registry
        self._problems = problems
        self._files = {}

    def eval_set(self, name):
        if name in self._registry._evals:
            self._problems.add("unknown-set", name, "it is an eval, not an eval set; add it to an eval set")
            return
        why = self._find_nearby("eval_sets", name)
        near = () if why else self._problems.near(name, self._registry._eval_sets)
        self._problems.add("unknown-set", name, f"no registry has an eval set of this name{why}", near)

    def eval_of_set(self, pattern, eval_set):
        known = self._registry._evals
        missing = f"the eval set {eval_set} names an eval that no registry has"
        why = self._special_meaning(pattern, known) or self._find_nearby("evals", pattern)
        near = () if why else self._problems.near(pattern.replace("*", ""), known)
        # A suggestion must match when it is written into the set.
        self._problems.add("unmatched-name", pattern, missing + why, [as_pattern(name) for name in near])

    def invalid_pattern(self, pattern, error):
        why = self._special_meaning(pattern, self._registry._evals)
        self._problems.add("unmatched-name", pattern, f"it is not a valid pattern: {in_own_words(error)}{why}")

    def modelgraded(self, name, subject):
        known = self._registry._modelgraded_specs
        why = self._find_nearby("modelgraded", name)
        near = () if why else self._problems.near(name, known)
        self._problems.add("missing-modelgraded", subject, f"no registry has the modelgraded spec {name}{why}", near)

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
            if directly and file.endswith(".yaml") or not has_entry(file, name):
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
        """The given registry path is the parent of a registry, or a directory inside a registry."""
        path = os.path.abspath(path)
        above = os.path.dirname(path)
        deep = os.path.basename(path) in (*KINDS, "data") and any(
            has_entry(file, name) for file in self._files_below(os.path.join(above, kind))
        )
        if deep:
            return f": the registry path {path} is one level too deep; give {above} instead"
        if os.path.isdir(os.path.join(path, kind)):
            return ""
        for folder in self._folders_in(path):
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

    def _folders_in(self, path):
        try:
            names = sorted(os.listdir(path))[:MAX_ENTRIES]
        except OSError:
            return []
        return [os.path.join(path, name) for name in names if os.path.isdir(os.path.join(path, name))]


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


def has_entry(path, name):
    """Whether a file has the name, or the name with a split, as a key at its top level."""
    try:
        with open(path, "rb") as file:
            text = file.read(MAX_BYTES).decode("utf-8", "replace")
    except OSError:
        return False
    stem = re.escape(name.replace("*", "")).replace("\\\\", "\\")
    return re.search(rf"(?m)^[ \t]{{0,2}}[{{\ufeff]?[ \t]*[\"']?{stem}(\.[^\s:\"']*)?[\"']?[ \t]*:", text) is not None
