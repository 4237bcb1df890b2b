"""Why a name of a set is not found, when the reason is one step away."""
import os
import re

from problems import one_line, words

# How far is looked around, so that a registry path that is the root of a disk is no reason to wait.
MOST_ENTRIES = 3000
DEEPEST = 4
LARGEST = 4 * 1024**2

KINDS = ("evals", "eval_sets", "modelgraded", "completion_fns", "solvers")
ENDINGS = (".yaml", ".yml", ".json", ".yaml.txt", ".yml.txt")

MEANINGS = re.compile(r"[+?()\[\]{}|^$\\]")


class NotFound:
    def __init__(self, registry, problems):
        self._registry = registry
        self._problems = problems
        self._files = {}

    def eval_set(self, name):
        if name in self._registry._evals:
            self._problems.add("unknown-set", name, "it is an eval, not an eval set: put it into a set")
            return
        why = self._reason("eval_sets", name)
        near = () if why else self._problems.near(name, self._registry._eval_sets)
        self._problems.add("unknown-set", name, f"no registry has an eval set of this name{why}", near)

    def eval_of_set(self, pattern, eval_set):
        known = self._registry._evals
        missing = f"the eval set {eval_set} names an eval that is not there"
        why = self._meaning(pattern, known) or self._reason("evals", pattern)
        near = () if why else self._problems.near(pattern.replace("*", ""), known)
        # What is suggested has to be found when it is written into the set.
        self._problems.add("unmatched-name", pattern, missing + why, [as_pattern(name) for name in near])

    def invalid_pattern(self, pattern, error):
        why = self._meaning(pattern, self._registry._evals)
        self._problems.add("unmatched-name", pattern, f"it is not a valid pattern: {words(error)}{why}")

    def modelgraded(self, name, subject):
        known = self._registry._modelgraded_specs
        why = self._reason("modelgraded", name)
        near = () if why else self._problems.near(name, known)
        self._problems.add("missing-modelgraded", subject, f"Modelgraded spec {name} not found{why}", near)

    def _meaning(self, pattern, known):
        """Names of a set are regular expressions, in which only `.` is a dot and `*` is anything."""
        special = sorted(set(MEANINGS.findall(pattern)))
        if not special:
            return ""
        same = [name for name in known if isinstance(name, str) and (name == pattern or name.startswith(pattern + "."))]
        if not same:
            return ""
        return (
            f": names in an eval set are patterns, in which {' '.join(special)} has a special meaning; "
            f"to mean the eval {one_line(same[0])}, write {as_pattern(pattern)}"
        )

    def _reason(self, kind, name):
        for path in self._registry._registry_paths:
            path = str(path)
            why = self._unread(path, kind, name) or self._other_level(path, kind, name)
            if why:
                return why
        return ""

    def _unread(self, registry_path, kind, name):
        """A file that has the name, and that evals does not look at."""
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
                        return f": it is in {file}, but it is looked for in {folder} only"
        return ""

    def _other_level(self, path, kind, name):
        """A registry whose parent, or one of whose directories, was given in its place."""
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
            return f": the registry path {path} has no directory {kind}, in which it is looked for; move its files into {kind}"
        return ""

    def _files_below(self, folder):
        if folder not in self._files:
            self._files[folder] = list(files_below(folder))
        return self._files[folder]

    def _files_in(self, folder):
        return [file for file in self._files_below(folder) if os.path.dirname(file) == folder]

    def _folders_in(self, path):
        try:
            names = sorted(os.listdir(path))[:MOST_ENTRIES]
        except OSError:
            return []
        return [os.path.join(path, name) for name in names if os.path.isdir(os.path.join(path, name))]


def as_pattern(name):
    """How a name is written into a set, so that it stands for itself."""
    return MEANINGS.sub(lambda match: "\\" + match.group(), name)


def files_below(folder):
    count = 0
    for place, folders, names in os.walk(folder):
        if place[len(folder) :].count(os.sep) >= DEEPEST:
            folders[:] = []
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            count += 1
            if count > MOST_ENTRIES:
                return
            path = os.path.join(place, name)
            if name.lower().endswith(ENDINGS) and os.path.isfile(path):
                yield path


def has_entry(path, name):
    """Whether a text has the name as a key at its top, or an eval of that name with a split."""
    try:
        with open(path, "rb") as file:
            text = file.read(LARGEST).decode("utf-8", "replace")
    except OSError:
        return False
    stem = re.escape(name.replace("*", "")).replace("\\\\", "\\")
    return re.search(rf"(?m)^[ \t]{{0,2}}[{{\ufeff]?[ \t]*[\"']?{stem}(\.[^\s:\"']*)?[\"']?[ \t]*:", text) is not None
