"""Finds the files that arguments name.

A class may also find data by other means: a directory named in its code (evals.elsuite.cant_do_that_anymore), samples in its
code (evals.elsuite.test.match), a Hugging Face data set (evals.elsuite.lambada). The version of evals identifies data that
comes with the package; other data cannot be known.
"""
import os
import re
from pathlib import Path

from .wire import to_wire

LFS_POINTER = b"version https://git-lfs.github.com/spec/v1"
REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://\S+")
MODELGRADED_ARGUMENT = re.compile(r"(^|[._])modelgraded_spec$")
# Files of the kernel and of devices have no content of their own, and reading them may never end.
UNREAL = ("/proc/", "/sys/", "/dev/")
# An eval writes to directories that arguments of these names name. Their content is a result, not an input.
WRITTEN_DIRECTORY = re.compile(r"(^|_)(cache|out|output|outputs|log|logs|save|tmp|temp)(_|$)")


class DataFiles:
    """Finds the files that arguments name, in the order in which evals looks them up: the path itself, below the registry
    of the spec, below evals' own registry (evals.eval.Eval._prefix_registry_path, then evals.data.open_by_file_pattern)."""

    def __init__(self, problems, dependencies):
        import evals

        self._problems = problems
        self._dependencies = dependencies
        self._package_root = os.path.join(os.path.dirname(os.path.abspath(evals.__file__)), "registry", "data")

    def find(self, args, registry_path, subject, own_registry_only=(), unread=None, may_write=False):
        """Returns (data, remote). `own_registry_only` names the arguments that the class looks up only in the registry of
        its spec. `unread` names the arguments that nothing opens; None means that it is not known what is opened.
        `may_write` says that the class is not one of evals' own, so that it may write a missing file itself."""
        data, remote = [], []
        for name, value in strings_in(args):
            if REMOTE.fullmatch(value):
                remote.append({"name": name, "url": value})
                continue
            # This names an entry of the registry. There is often a data directory with the same name.
            if MODELGRADED_ARGUMENT.search(name):
                continue
            path = self.locate(name, value, registry_path, own_registry_only)
            if path is not None and os.path.realpath(path).startswith(UNREAL):
                continue
            if path is None:
                if unread is not None and name not in unread and last_key(name).endswith("_jsonl") and value:
                    near = self._near(value, registry_path)
                    missing = f"{name}: there is no file {value}"
                    if may_write:
                        why = "If the eval writes the file, this is fine. If the eval reads the file, add it"
                        self._problems.warn("missing-data", subject, f"{missing}. {why}", near)
                    else:
                        self._problems.add("missing-data", subject, missing, near)
                continue
            root = to_wire(os.path.abspath(path))
            for file in [path] if os.path.isfile(path) else all_files(path, self._dependencies.seen):
                label = self._label(file, value, registry_path)
                file = os.path.abspath(file)
                argument = "samples" if name == "samples_jsonl" else name
                data.append({"name": argument, "path": to_wire(file), "label": to_wire(label), "root": root})
                if is_pointer(file):
                    message = f"{name}: {label} is a Git LFS pointer, not the data itself"
                    self._problems.add("lfs-pointer", subject, message)
        return data, remote

    def locate(self, name, value, registry_path, own_registry_only=()):
        """The file or directory that an argument names, or None."""
        if not value.strip() or "\n" in value or "\0" in value or len(value) > 1000:
            return None
        self._dependencies.seen(value)
        if os.path.isfile(value):
            return value
        for root in self._roots(registry_path, name in own_registry_only):
            path = os.path.join(root, value)
            self._dependencies.seen(path)
            if os.path.isfile(path) or (os.path.isdir(path) and not contains(path, root)):
                return path
        # A bare word is more often a mode or a subject than the name of a directory.
        if "/" not in value and os.sep not in value or WRITTEN_DIRECTORY.search(last_key(name)):
            return None
        return value if os.path.isdir(value) and not contains(value, os.getcwd()) else None

    def samples_of(self, value, registry_path, own_registry_only):
        """The file or directory that `samples_jsonl` names, or None."""
        if "samples_jsonl" in own_registry_only and registry_path is not None and "\0" not in value:
            # Like Eval._prefix_registry_path: an empty name, or a dot, is the whole data directory.
            path = value if os.path.isfile(value) else os.path.join(str(registry_path), "data", value)
            self._dependencies.seen(path)
            return path if os.path.exists(path) else None
        return self.locate("samples_jsonl", value, registry_path, own_registry_only)

    def _roots(self, registry_path, own_registry_only=False):
        own = [] if registry_path is None else [os.path.join(str(registry_path), "data")]
        return own if own_registry_only else [*own, self._package_root]

    def _label(self, path, value, registry_path):
        """The path below the root that it was found in. An absolute path outside of all roots keeps only its last part."""
        for root in [*self._roots(registry_path), os.getcwd()]:
            if contains(root, path):
                return Path(os.path.relpath(path, root)).as_posix()
        if not os.path.isabs(path):
            return Path(os.path.normpath(path)).as_posix()
        above = os.path.dirname(os.path.normpath(value)) if os.path.isabs(value) else os.path.dirname(path)
        return Path(os.path.relpath(path, above)).as_posix()

    def shown(self, path, registry_path):
        """The path of a file for a reader: below the working directory, or below the registry."""
        directory = os.getcwd()
        if contains(directory, path):
            return Path(os.path.relpath(path, directory)).as_posix()
        return self._label(path, path, registry_path)

    def _near(self, value, registry_path):
        directory, name = os.path.split(value)
        try:
            names = os.listdir(os.path.join(self._roots(registry_path)[0], directory))
        except (OSError, ValueError):
            return []
        return [f"{directory}/{near}" if directory else near for near in self._problems.near(name, names)]


def is_pointer(path):
    """Whether the file is a Git LFS pointer instead of the data."""
    try:
        with open(path, "rb") as file:
            return file.read(len(LFS_POINTER)) == LFS_POINTER
    except OSError:
        return False


def last_key(name):
    """The innermost key of a dotted name, without list positions."""
    return next((part for part in reversed(name.split(".")) if not part.isdigit()), name)


def all_files(directory, seen):
    files, visited = [], set()
    for place, directories, names in os.walk(directory, followlinks=True):
        real = os.path.realpath(place)
        # A symbolic link may lead to a directory above it.
        if real in visited:
            directories[:] = []
            continue
        visited.add(real)
        seen(place)
        directories[:] = [name for name in directories if name not in ("__pycache__", ".git")]
        files += [os.path.join(place, name) for name in names]
    for path in files:
        # The target of a dangling link may exist later.
        if not os.path.isfile(path):
            seen(path)
    return sorted(path for path in files if os.path.isfile(path))


def contains(directory, path):
    directory, path = os.path.abspath(directory), os.path.abspath(path)
    return path == directory or path.startswith(directory.rstrip(os.sep) + os.sep)


def strings_in(value, name=""):
    """(dotted name, string) of every string in the arguments of a spec."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from strings_in(item, f"{name}.{key}" if name else str(key))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from strings_in(item, f"{name}.{index}")
