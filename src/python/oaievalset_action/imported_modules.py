"""Finds all modules of the user's that a class imports, directly or indirectly, without importing any further module.

A module that is imported already knows its file. A module that a function imports later is looked up where Python would look
it up. A name that leads to no file is ignored, because it may be the name of a value.
"""
import importlib.machinery
import os
import sys

from .import_statements import imports_of
from .sources import module_label, search_locations

SOURCES = tuple(importlib.machinery.SOURCE_SUFFIXES)
FILES = (*importlib.machinery.EXTENSION_SUFFIXES, *SOURCES, *importlib.machinery.BYTECODE_SUFFIXES)

USUAL_FINDERS = ("BuiltinImporter", "FrozenImporter", "PathFinder")


class Module:
    def __init__(self, name, path, directories):
        self.name = name
        # None for a namespace package.
        self.path = path
        # The directories of its submodules.
        self.directories = directories
        # For a module inside a zip file on sys.path, the zip file.
        self.file = path and enclosing_file(path)


# The prefix of the path of a module that was loaded from a file, possibly under a name that is not the name of a module.
FROM_FILE = "\0"


class ImportedModules:
    def __init__(self, sources, edges):
        self._sources = sources
        self._edges = edges
        self._found = {}
        self._named = {}
        self._closures = {}
        # The names of the user's modules that were looked up, whether they were found or not.
        self.looked_up = set()

    def of(self, names):
        """Everything that these modules import, themselves included: (files, packages)."""
        key = frozenset(names)
        if key not in self._closures:
            self._closures[key] = self._closure(key)
        return self._closures[key]

    def directories_of(self, name):
        """The directories in which submodules of that package are looked up."""
        module = self.find(name)
        return module.directories if module else []

    def _closure(self, names):
        files, packages, seen, waiting = {}, {}, set(), sorted(names)
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            module = self.find(name)
            parent = "" if name.startswith(FROM_FILE) else name.rpartition(".")[0]
            if parent:
                waiting.append(parent)
            if module is None or module.path is None:
                if module is not None or parent and self._has_modules(parent):
                    self.looked_up.add(name)
                continue
            if not self._sources.is_own(name, module.path):
                package = self._sources.package_of(name, module.path)
                if package:
                    packages[package[0]] = package[1]
                continue
            if not name.startswith(FROM_FILE):
                self.looked_up.add(name)
            label = module_label(module.name, module.path)
            files[label] = {"path": os.path.realpath(module.file), "label": label}
            waiting += self._names_in(module)
        return (
            [files[label] for label in sorted(files)],
            [{"name": name, "version": packages[name]} for name in sorted(packages)],
        )

    def _has_modules(self, name):
        """Whether the name is that of a package that may contain modules of the user's."""
        module = self.find(name)
        if module is None or not module.directories:
            return False
        return module.path is None or self._sources.is_own(name, module.path)

    def _names_in(self, module):
        """The imported names that may be modules."""
        if module.name not in self._named:
            self._named[module.name] = [*self._read(module), *self._recorded(module)]
        return self._named[module.name]

    def _read(self, module):
        if not module.path.endswith(SOURCES) or module.file != module.path:
            return
        package = module.name if module.directories else module.name.rpartition(".")[0]
        found = imports_of(module.path)
        for level, name, taken in found.statements:
            name = absolute(level, name, package)
            if not name:
                continue
            yield name
            if not self._has_modules(name):
                continue
            for each in taken:
                if each == "*":
                    yield from self._all_of(name)
                else:
                    yield f"{name}.{each}"
        yield from found.references
        for level, name in found.whole_packages:
            name = absolute(level, name, package)
            if name and self._has_modules(name):
                self.looked_up.add(name)
                yield from self.modules_in(name)

    def _recorded(self, module):
        """Modules that it imported in ways that its text does not show."""
        yield from self._edges.names.get(module.name, ())
        for name, path in self._edges.files.get(module.name, ()):
            found = self.find(name)
            if found is None or found.path != path:
                self._found[FROM_FILE + path] = Module(name, path, [])
                yield FROM_FILE + path

    def _all_of(self, name):
        names = getattr(sys.modules.get(name), "__all__", ())
        try:
            return [f"{name}.{each}" for each in names if isinstance(each, str)]
        except TypeError:
            return []

    def modules_in(self, name):
        for directory in self.directories_of(name):
            for entry in sorted(list_directory(directory)):
                stem = entry.partition(".")[0]
                if entry.endswith(FILES) and stem != "__init__" or os.path.isfile(os.path.join(directory, entry, "__init__.py")):
                    yield f"{name}.{stem}"

    def find(self, name):
        if name not in self._found:
            self._found[name] = self._look_up(name)
        return self._found[name]

    def _look_up(self, name):
        loaded = sys.modules.get(name)
        path = getattr(loaded, "__file__", None)
        directories = search_locations(loaded)
        if isinstance(path, str) and os.path.isfile(enclosing_file(path)):
            return Module(name, path, directories)
        if directories:
            return Module(name, None, directories)
        if loaded is not None or name in sys.builtin_module_names:
            return None
        parent, _, last = name.rpartition(".")
        if parent:
            above = self.find(parent)
            places = above.directories if above else []
        else:
            places = sys.path
        return in_directories(name, last, places) or (None if parent else by_other_finders(name))


def absolute(level, name, package):
    """The absolute name of an import inside a package; empty when it has more dots than the package has parents."""
    if level == 0:
        return name
    parts = package.split(".") if package else []
    if level > len(parts):
        return ""
    base = ".".join(parts[: len(parts) - level + 1])
    return f"{base}.{name}" if name else base


def in_directories(name, last, directories):
    """Like Python's own finder: in each directory first a package, then a module. Without either, directories of that name are a
    namespace package."""
    portions = []
    for directory in directories:
        # An empty entry of sys.path is the working directory.
        place = os.path.join(directory or os.getcwd(), last)
        for suffix in FILES:
            path = os.path.join(place, "__init__" + suffix)
            if os.path.isfile(path):
                return Module(name, path, [place])
        for suffix in FILES:
            if os.path.isfile(place + suffix):
                return Module(name, place + suffix, [])
        if os.path.isdir(place):
            portions.append(place)
        elif os.path.isfile(directory):
            found = by_finder(importlib.machinery.PathFinder, name, [directory])
            if found:
                return found
    return Module(name, None, portions) if portions else None


def by_other_finders(name):
    """Finders of editable installs know where the packages of a checkout are."""
    for finder in sys.meta_path:
        if getattr(finder, "__name__", None) not in USUAL_FINDERS:
            found = by_finder(finder, name, None)
            if found:
                return found
    return None


def by_finder(finder, name, path):
    try:
        spec = finder.find_spec(name, path)
        if spec is None:
            return None
        directories = [os.fspath(directory) for directory in spec.submodule_search_locations or ()]
        path = spec.origin if spec.has_location else None
    except Exception:  # A third-party finder may fail outside of an import.
        return None
    return Module(name, path, directories) if path or directories else None


def enclosing_file(path):
    """The path itself, or the file that it passes through, such as a zip file."""
    while not os.path.exists(path) and os.path.dirname(path) != path:
        path = os.path.dirname(path)
    return path


def list_directory(directory):
    try:
        return os.listdir(directory or os.getcwd())
    except OSError:
        return []
