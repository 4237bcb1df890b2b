"""Which code can change while the versions of all installed packages stay the same."""
import csv
import importlib.machinery
import importlib.metadata
import inspect
import json
import os
import sys
import sysconfig

STANDARD = frozenset(os.path.realpath(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib"))

EXTENSIONS = tuple(importlib.machinery.EXTENSION_SUFFIXES)


class Sources:
    """Distinguishes the user's own code from code that an installed version identifies."""

    def __init__(self):
        import evals

        self._evals = os.path.dirname(os.path.realpath(evals.__file__))
        # In a checkout (pip install -e) the code changes while the version stays.
        self._evals_is_installed = in_site_packages(self._evals) and not is_local(distribution_named("evals"))
        self._standard = tuple(directory + os.sep for directory in STANDARD)
        self._distributions = None
        self._local = {}

    def of(self, cls):
        """Returns (files, packages): the user's source files of the class and its bases, and installed distributions. The
        second format of fingerprints hashes these."""
        files, packages = {}, {}
        for base in inspect.getmro(cls) if inspect.isclass(cls) else [cls]:
            name = getattr(base, "__module__", None)
            path = getattr(sys.modules.get(name), "__file__", None)
            if not path or not os.path.isfile(path):
                continue
            path = os.path.realpath(path)
            if path.startswith(self._evals + os.sep) and in_site_packages(self._evals):
                continue
            if in_site_packages(path):
                distribution = self._distribution(name, path)
                if distribution:
                    packages[distribution.metadata["Name"]] = distribution.version
                    continue
            elif path.startswith(self._standard):
                continue
            files[path] = {"module": name, "path": path, "label": module_label(name, path)}
        return list(files.values()), [{"name": name, "version": packages[name]} for name in sorted(packages)]

    def is_own(self, name, path):
        """Whether the code of a module can change while all installed versions stay the same."""
        path = os.path.realpath(path)
        if self.is_evals(path):
            return not self._evals_is_installed
        if in_site_packages(path):
            distribution = self._distribution(name, path)
            # Two builds of the same code differ, so a compiled file counts by its version.
            return distribution is None or self._is_local(distribution) and not path.endswith(EXTENSIONS)
        return not path.startswith(self._standard)

    def is_evals(self, path):
        return path.startswith(self._evals + os.sep)

    def is_own_class(self, cls):
        """Whether a class is not one of evals' own."""
        path = getattr(sys.modules.get(getattr(cls, "__module__", None)), "__file__", None)
        return not (isinstance(path, str) and self.is_evals(os.path.realpath(path)))

    def package_of(self, name, path):
        """Name and version of the distribution of an installed module, or None when no version identifies it."""
        if not in_site_packages(path) or self.is_evals(os.path.realpath(path)):
            return None
        distribution = self._distribution(name, os.path.realpath(path))
        return distribution and (distribution.metadata["Name"], distribution.version)

    def _is_local(self, distribution):
        if distribution not in self._local:
            self._local[distribution] = is_local(distribution)
        return self._local[distribution]

    def _candidates(self, module):
        """The installed distributions that have this top-level module or package."""
        if self._distributions is None:
            self._distributions = {}
            for distribution in importlib.metadata.distributions():
                for top in top_level_names(distribution):
                    self._distributions.setdefault(top, []).append(distribution)
        return self._distributions.get(module.partition(".")[0], [])

    def _distribution(self, module, path):
        candidates = self._candidates(module)
        # Several distributions share the name of a namespace package.
        if len(candidates) > 1:
            candidates = [
                candidate
                for candidate in candidates
                if any(os.path.realpath(candidate.locate_file(file)) == path for file in candidate.files or ())
            ]
        return candidates[0] if candidates else None


def distribution_named(name):
    try:
        return importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def origin_of(distribution):
    """Where a distribution came from if not from a package index, as pip recorded it (PEP 610)."""
    try:
        origin = json.loads(distribution.read_text("direct_url.json"))
        return origin if isinstance(origin, dict) else {}
    except (AttributeError, TypeError, ValueError, OSError):
        return {}


def is_local(distribution):
    """Whether it was installed from a directory. `pip install .` installs changed code under an unchanged version."""
    return "dir_info" in origin_of(distribution)


def revision_of(distribution):
    """The commit or the archive that a distribution was installed from; empty when it came from a package index."""
    origin = origin_of(distribution)
    for kind, name in (("vcs_info", "commit_id"), ("archive_info", "hash")):
        value = origin.get(kind)
        if isinstance(value, dict) and isinstance(value.get(name), str):
            return value[name]
    return ""


def search_locations(module):
    """The directories in which submodules are looked up; none for a module that is not a package."""
    try:
        return [os.fspath(directory) for directory in module.__path__]
    except (AttributeError, TypeError, KeyError):
        return []


def in_site_packages(path):
    return not {"site-packages", "dist-packages"}.isdisjoint(path.split(os.sep))


def top_level_names(distribution):
    text = distribution.read_text("top_level.txt")
    if text:
        return set(text.split())
    # `files` makes an object of every line, which takes a hundred times as long as reading RECORD.
    record = distribution.read_text("RECORD")
    if record is None:
        files = [file.as_posix() for file in distribution.files or ()]
    else:
        files = [row[0] for row in csv.reader(record.splitlines()) if row]
    return {file.partition("/")[0].partition(".")[0] for file in files if file.endswith(".py")}


def module_label(module, path):
    """The path of a module below the directory on sys.path that it was imported from."""
    name = os.path.basename(path)
    parts = module.split(".")
    return "/".join([*parts, name] if name.startswith("__init__.") else [*parts[:-1], name])
