"""Which code the versions of what is installed do not stand for.

Standard library only.
"""
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
    """The code behind a class that the evals version does not stand for."""

    def __init__(self):
        import evals

        self._evals = os.path.dirname(os.path.realpath(evals.__file__))
        # In a checkout (pip install -e) the code changes under one and the same version.
        self._evals_is_installed = in_site_packages(self._evals) and not is_local(distribution_named("evals"))
        self._standard = tuple(folder + os.sep for folder in STANDARD)
        self._distributions = None
        self._local = {}

    def of(self, cls):
        """Returns (files, packages): own source files of the class and its bases, and installed distributions. Fingerprints
        of the second format are made of these."""
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
        """Whether the code of a module changes while the versions of everything that is installed stay."""
        path = os.path.realpath(path)
        if self.is_evals(path):
            return not self._evals_is_installed
        if in_site_packages(path):
            distribution = self._distribution(name, path)
            # What was compiled differs from one build to the next though nothing was edited.
            return distribution is None or self._is_local(distribution) and not path.endswith(EXTENSIONS)
        return not path.startswith(self._standard)

    def is_evals(self, path):
        return path.startswith(self._evals + os.sep)

    def is_own_class(self, cls):
        """Whether a class is not one of evals' own."""
        path = getattr(sys.modules.get(getattr(cls, "__module__", None)), "__file__", None)
        return not (isinstance(path, str) and self.is_evals(os.path.realpath(path)))

    def package_of(self, name, path):
        """Name and version of the distribution that an installed module is of; None for what no version stands for."""
        if not in_site_packages(path) or self.is_evals(os.path.realpath(path)):
            return None
        distribution = self._distribution(name, os.path.realpath(path))
        return distribution and (distribution.metadata["Name"], distribution.version)

    def _is_local(self, distribution):
        if distribution not in self._local:
            self._local[distribution] = is_local(distribution)
        return self._local[distribution]

    def _candidates(self, module):
        """The installed distributions that have a module or package of that top-level name."""
        if self._distributions is None:
            self._distributions = {}
            for distribution in importlib.metadata.distributions():
                for top in top_level_names(distribution):
                    self._distributions.setdefault(top, []).append(distribution)
        return self._distributions.get(module.partition(".")[0], [])

    def _distribution(self, module, path):
        candidates = self._candidates(module)
        if len(candidates) > 1:  # A namespace package: several distributions share the name.
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
    """What pip wrote down of a distribution that came from elsewhere than a package index (PEP 610)."""
    try:
        origin = json.loads(distribution.read_text("direct_url.json"))
        return origin if isinstance(origin, dict) else {}
    except (AttributeError, TypeError, ValueError, OSError):
        return {}


def is_local(distribution):
    """Whether it was installed from a directory: `pip install .` puts other code there under one and the same version."""
    return "dir_info" in origin_of(distribution)


def revision_of(distribution):
    """The commit or the archive that a distribution was installed from; empty for what an index has under a version."""
    origin = origin_of(distribution)
    for kind, name in (("vcs_info", "commit_id"), ("archive_info", "hash")):
        value = origin.get(kind)
        if isinstance(value, dict) and isinstance(value.get(name), str):
            return value[name]
    return ""


def search_locations(module):
    """The directories in which the modules of a package are looked for; none for what is no package."""
    try:
        return [os.fspath(folder) for folder in module.__path__]
    except (AttributeError, TypeError, KeyError):
        return []


def in_site_packages(path):
    return not {"site-packages", "dist-packages"}.isdisjoint(path.split(os.sep))


def top_level_names(distribution):
    text = distribution.read_text("top_level.txt")
    if text:
        return set(text.split())
    # Its `files` makes an object of every line, which takes a hundred times as long.
    record = distribution.read_text("RECORD")
    if record is None:
        files = [file.as_posix() for file in distribution.files or ()]
    else:
        files = [row[0] for row in csv.reader(record.splitlines()) if row]
    return {file.partition("/")[0].partition(".")[0] for file in files if file.endswith(".py")}


def module_label(module, path):
    """Where the file is below whatever directory it was imported from."""
    name = os.path.basename(path)
    parts = module.split(".")
    return "/".join([*parts, name] if name.startswith("__init__.") else [*parts[:-1], name])
