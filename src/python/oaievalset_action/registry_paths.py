"""Whether the directories that the input registry-path names are registries. src/action checks most of it before Python starts; a
directory may be filled by an earlier step, so what it contains counts only if something is not found."""
import os

KINDS = ("evals", "eval_sets", "completion_fns", "solvers", "modelgraded")
DIRECTORIES = (*KINDS, "data")

SHOWN = 3
MAX_ENTRIES = 3000


class RegistryPaths:
    def __init__(self, paths, problems):
        self.paths = paths
        self._problems = problems
        self._missing = [path for path in paths if not os.path.isdir(path)]
        self._others = [path for path in paths if path not in self._missing and not is_registry(path)]
        for path in self._missing:
            problems.add("missing-registry-path", path, f"there is no directory {os.path.abspath(path)}")

    def explain_missing_name(self):
        """Whether a wrong path is why a name is not found. It is then a problem, instead of the name."""
        for path in self._others:
            self._problems.add("wrong-registry-path", path, *level_of(path))
        return bool(self._missing or self._others)

    def warn(self):
        """Everything was found, so the other paths do no harm."""
        for path in self._others:
            why, near = level_of(path)
            self._problems.warn("wrong-registry-path", path, f"{why}, so evals finds nothing in it", near)


def is_registry(path):
    return any(os.path.exists(os.path.join(path, kind)) for kind in KINDS)


def level_of(path):
    """(why, near) of a directory that is no registry."""
    whole = os.path.abspath(path)
    above = os.path.dirname(whole)
    if os.path.basename(whole) in DIRECTORIES and is_registry(above):
        return "it is too deep: a directory inside a registry", [above if os.path.isabs(path) else os.path.relpath(above)]
    inside = [name for name in directories_in(path) if is_registry(os.path.join(path, name))]
    if inside:
        return "it is no registry, but contains one", [os.path.normpath(os.path.join(path, name)) for name in inside[:SHOWN]]
    return f"it has none of the directories {', '.join(KINDS[:-1])} and {KINDS[-1]}", []


def directories_in(path):
    try:
        names = sorted(os.listdir(path))[:MAX_ENTRIES]
    except OSError:
        return []
    return [name for name in names if not name.startswith(".") and os.path.isdir(os.path.join(path, name))]
