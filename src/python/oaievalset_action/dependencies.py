"""Records the files and directories that a plan depends on: docs/adr/0005-plan-without-python.md."""
import glob
import os
import site
import sys

from .sources import STANDARD, in_site_packages, search_locations
from .wire import to_wire


def site_directories():
    """Where site looks for packages. A directory that does not exist when Python starts is not on sys.path."""
    try:
        user = [site.getusersitepackages()] if site.ENABLE_USER_SITE else []
        return [*site.getsitepackages(), *user]
    except AttributeError:  # Old versions of virtualenv have a site module without these functions.
        return []


def directories_of_pth(file):
    """The directories that a .pth file adds to sys.path if they exist when Python starts."""
    try:
        with open(file, encoding="utf-8-sig", errors="replace") as stream:
            lines = [line.strip() for line in stream]
    except OSError:
        return []
    named = [line for line in lines if line and not line.startswith(("#", "import ", "import\t")) and "\0" not in line]
    return [os.path.join(os.path.dirname(file), line) for line in named]


class Dependencies:
    """The plan stays the same while these stay the same: the content of files, the names in directories, and the paths at
    which nothing was found (`missing`)."""

    KINDS = ("completion_fns", "solvers", "evals", "eval_sets", "modelgraded")

    def __init__(self):
        self.files, self.directories, self.missing = set(), set(), set()

    def seen(self, path):
        path = os.path.abspath(path)
        if os.path.isfile(path):
            self.files.add(path)
        elif os.path.isdir(path):
            self.directories.add(path)
        else:
            self.missing.add(path)

    def registry(self, path):
        for kind in self.KINDS:
            directory = os.path.join(str(path), kind)
            self.seen(directory)
            for file in glob.glob(os.path.join(glob.escape(directory), "*.yaml")):
                self.seen(file)

    def search_path(self):
        """The names in the directories on sys.path show what is installed, in which version, and what is found first.
        Directories that do not exist yet count as well."""
        for entry in [*sys.path, *site_directories()]:
            entry = os.path.abspath(entry)
            if os.path.realpath(entry) in STANDARD:
                continue
            self.seen(entry)
            for file in glob.glob(os.path.join(glob.escape(entry), "*.pth")):
                self.seen(file)
                for directory in directories_of_pth(file):
                    self.seen(directory)
        self.seen(os.path.join(sys.prefix, "pyvenv.cfg"))
        for name in ("sitecustomize", "usercustomize"):
            self._module(sys.modules.get(name))

    def modules(self, sources, imported):
        """The modules that the classes import now or later: the code of modules that no installed version identifies, and
        the names in all directories in which these modules and their packages are looked up."""
        own = os.path.dirname(os.path.realpath(__file__))
        looked_up = set(imported.looked_up)
        for name, module in list(sys.modules.items()):
            if not isinstance(name, str):
                continue
            path = getattr(module, "__file__", None)
            if isinstance(path, str) and os.path.dirname(os.path.realpath(path)) == own:
                continue  # The text of this package is part of the plan key.
            looked_up.add(name.partition(".")[0])
            if is_own(name, module, sources):
                looked_up.add(name)
                self._module(module)
        for name in looked_up:
            self._places(name, imported)

    def _module(self, module):
        path = getattr(module, "__file__", None)
        if isinstance(path, str):
            # A link counts by its own path, because it may lead to another file later.
            self.seen(path)

    def _places(self, name, imported):
        """Every directory in which a part of the name is looked up, and every directory of that name: one without __init__.py
        becomes a package when it gets one, or when nothing else is found."""
        directories, parent = sys.path, ""
        for part in name.split("."):
            for directory in directories:
                if parent:
                    self.seen(directory)
                place = os.path.join(directory, part)
                if os.path.isdir(place) and os.path.realpath(directory) not in STANDARD:
                    self.seen(place)
            parent = f"{parent}.{part}" if parent else part
            directories = imported.directories_of(parent)
        for directory in directories:
            self.seen(directory)

    def described(self):
        return {name: sorted(map(to_wire, getattr(self, name))) for name in ("files", "directories", "missing")}


def is_own(name, module, sources):
    """Whether an imported module is the user's."""
    path = getattr(module, "__file__", None)
    if isinstance(path, str):
        return sources.is_own(name, path)
    # The module is a namespace package or built in.
    return any(not in_site_packages(directory) for directory in search_locations(module))
