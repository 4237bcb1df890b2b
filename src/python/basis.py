"""What a plan was made from: docs/adr/0005-plan-without-python.md.

Standard library only.
"""
import glob
import os
import site
import sys

from source_files import STANDARD, in_site_packages, search_locations
from wire import to_wire


def site_folders():
    """Where site looks for packages: what is not there at the start is not on sys.path."""
    try:
        user = [site.getusersitepackages()] if site.ENABLE_USER_SITE else []
        return [*site.getsitepackages(), *user]
    except AttributeError:  # The site module of old versions of virtualenv has none of it.
        return []


def folders_of_pth(file):
    """The directories that a .pth file adds to sys.path, as far as they are there when Python starts."""
    try:
        with open(file, encoding="utf-8-sig", errors="replace") as stream:
            lines = [line.strip() for line in stream]
    except OSError:
        return []
    named = [line for line in lines if line and not line.startswith(("#", "import ", "import\t")) and "\0" not in line]
    return [os.path.join(os.path.dirname(file), line) for line in named]


class Basis:
    """What the answer was read from. As long as none of it has changed, neither has the answer: files by their content,
    directories by the names in them, and paths where something was looked for and not found."""

    KINDS = ("completion_fns", "solvers", "evals", "eval_sets", "modelgraded")

    def __init__(self):
        self.files, self.directories, self.absent = set(), set(), set()

    def seen(self, path):
        path = os.path.abspath(path)
        if os.path.isfile(path):
            self.files.add(path)
        elif os.path.isdir(path):
            self.directories.add(path)
        else:
            self.absent.add(path)

    def registry(self, path):
        for kind in self.KINDS:
            folder = os.path.join(str(path), kind)
            self.seen(folder)
            for file in glob.glob(os.path.join(glob.escape(folder), "*.yaml")):
                self.seen(file)

    def search_path(self):
        """The names in the directories that modules are imported from say what is installed there, in what version, and
        what would be found first. Directories that are not there yet count as well."""
        for entry in [*sys.path, *site_folders()]:
            entry = os.path.abspath(entry)
            if os.path.realpath(entry) in STANDARD:
                continue
            self.seen(entry)
            for file in glob.glob(os.path.join(glob.escape(entry), "*.pth")):
                self.seen(file)
                for folder in folders_of_pth(file):
                    self.seen(folder)
        self.seen(os.path.join(sys.prefix, "pyvenv.cfg"))
        for name in ("sitecustomize", "usercustomize"):
            self._module(sys.modules.get(name))

    def modules(self, sources, imported):
        """What was imported to get at the classes, and what they may import later: the code of modules that no installed
        version stands for, and the names in all places where they, or a package they are in, were looked for."""
        own = os.path.dirname(os.path.abspath(__file__))
        looked_up = set(imported.looked_up)
        for name, module in list(sys.modules.items()):
            if not isinstance(name, str):
                continue
            path = getattr(module, "__file__", None)
            if isinstance(path, str) and os.path.dirname(os.path.abspath(path)) == own:
                continue  # The planner, which the request stands for.
            looked_up.add(name.partition(".")[0])
            if is_own(name, module, sources):
                looked_up.add(name)
                self._module(module)
        for name in looked_up:
            self._places(name, imported)

    def _module(self, module):
        path = getattr(module, "__file__", None)
        if isinstance(path, str):
            # Not what it is a link to, which is another file tomorrow.
            self.seen(path)

    def _places(self, name, imported):
        """Every directory in which a part of the module's name is looked up, and every one that such a part may stand for:
        one without __init__.py is a package as well, once it has one, or when nothing else is found."""
        folders, parent = sys.path, ""
        for part in name.split("."):
            for folder in folders:
                if parent:
                    self.seen(folder)
                place = os.path.join(folder, part)
                if os.path.isdir(place) and os.path.realpath(folder) not in STANDARD:
                    self.seen(place)
            parent = f"{parent}.{part}" if parent else part
            folders = imported.folders_of(parent)
        for folder in folders:
            self.seen(folder)

    def described(self):
        return {name: sorted(map(to_wire, getattr(self, name))) for name in ("files", "directories", "absent")}


def is_own(name, module, sources):
    """Whether a module that is imported is the user's own."""
    path = getattr(module, "__file__", None)
    if isinstance(path, str):
        return sources.is_own(name, path)
    # A namespace package, or one that is built in.
    return any(not in_site_packages(folder) for folder in search_locations(module))
