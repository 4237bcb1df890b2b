"""Finds the modules that the code of an eval set imports and this Python does not have. The action then installs the locked
packages that have them (src/environment/installation.ts), and plans again.

Code is read, not run: what a function imports later counts, and so does an import that may fail. Followed are the user's own
modules and those of evals, but not those of other packages, because their requirements are installed with them.
"""
import sys

from .import_statements import imports_of
from .imported_modules import SOURCES, absolute

# Every eval imports it, and the packages that every eval needs are always installed.
EVERY_EVAL = "evals.cli.oaieval"

# Stands for modules whose names only a run shows.
ANY = "*"

# These come with Python, although some exist on other platforms only.
STANDARD = frozenset(getattr(sys, "stdlib_module_names", ())) | frozenset(sys.builtin_module_names)


class MissingImports:
    def __init__(self, sources, imported):
        self._sources = sources
        self._imported = imported
        self._seen = set()
        self._missing = set()

    def of(self, modules):
        """The top-level names, sorted."""
        self._follow([EVERY_EVAL])
        self._missing.clear()
        self._follow(modules)
        return sorted(self._missing)

    def _follow(self, modules):
        waiting = list(modules)
        while waiting:
            name = waiting.pop()
            if name in self._seen:
                continue
            self._seen.add(name)
            top = name.partition(".")[0]
            module = self._imported.find(name)
            if module is None:
                if top not in STANDARD and top not in sys.modules and self._imported.find(top) is None:
                    self._missing.add(top)
            elif module.path is None or self._is_followed(module):
                waiting += self._imports_of(module)

    def _is_followed(self, module):
        if not module.path.endswith(SOURCES) or module.file != module.path:
            return False
        return self._sources.is_evals(module.path) or self._sources.is_own(module.name, module.path)

    def _imports_of(self, module):
        parent = module.name.rpartition(".")[0]
        if parent:
            yield parent
        if module.path is None:
            return
        found = imports_of(module.path)
        package = module.name if module.directories else parent
        if found.hidden:
            self._missing.add(ANY)
        for level, name, taken in found.statements:
            name = absolute(level, name, package)
            if name:
                yield name
                # A name that is taken from a module is a module, or a value.
                yield from (each for each in (f"{name}.{taken_name}" for taken_name in taken) if self._imported.find(each))
        yield from (name for name in found.references if self._imported.find(name))
        for level, name in found.whole_packages:
            name = absolute(level, name, package)
            if name:
                yield from self._imported.modules_in(name)
