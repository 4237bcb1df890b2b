"""Why a class cannot be imported: misspelt, not installed, not on PYTHONPATH, or an error in its module."""
import difflib
import importlib.util
import inspect
import os
import pkgutil
import re
import sys
import traceback
from collections import namedtuple

from .problems import in_own_words
from .sources import STANDARD, in_site_packages

# `code` selects the next step that the error names: HINTS in src/plan/plan-problems.ts.
ClassProblem = namedtuple("ClassProblem", ["code", "message", "near"])

PACKAGE = os.path.dirname(os.path.realpath(__file__))
MAX_ENTRIES = 3000


def class_problem(reference, error):
    module, colon, name = reference.partition(":")
    if isinstance(error, TypeError) and str(error).startswith("the first argument must be callable"):
        if colon:
            return ClassProblem("unknown-class", f"{reference} is not a class", near_classes(sys.modules[module], module))
        return ClassProblem("unknown-class", f"{reference} is a module, not a class", near_classes(sys.modules[module], module))
    if not colon or not name:
        head, _, tail = module.rpartition(".")
        near = [f"{head}:{tail}"] if head else []
        return ClassProblem("unknown-class", f"the class {reference} has no colon between its module and its name", near)
    if isinstance(error, ModuleNotFoundError) and error.name and (module + ".").startswith(error.name + "."):
        return missing_module(module, name, error.name)
    if isinstance(error, AttributeError) and module in sys.modules and not has(sys.modules[module], name):
        return missing_name(sys.modules[module], module, name)
    if isinstance(error, ModuleNotFoundError) and error.name and not exists(error.name.partition(".")[0]):
        top = error.name.partition(".")[0]
        why = f"{top}, which {importer_of(error, reference)} imports, is not installed"
        return ClassProblem("missing-package", f"the class {reference} cannot be imported: {why}", ())
    return ClassProblem("class-error", f"the class {reference} cannot be imported: {words_of(error)}", ())


def missing_module(module, name, missing):
    top = missing.partition(".")[0]
    if exists(top):
        near = near_modules(missing)
        rest = module[len(missing) :]
        return ClassProblem("unknown-class", f"there is no module {missing}", [f"{each}{rest}:{name}" for each in near])
    near = difflib.get_close_matches(top, own_top_modules(), 1, 0.7)
    if near:
        return ClassProblem("unknown-class", f"there is no module {missing}", [f"{near[0]}{module[len(top):]}:{name}"])
    place = place_of(top)
    if place is not None:
        why = f"the module {missing} is in {place}, which is not on PYTHONPATH"
        return ClassProblem("module-not-on-path", why, ())
    return ClassProblem("missing-package", f"there is no module {missing}", ())


def missing_name(module, module_name, name):
    names = [each for each, value in vars(module).items() if inspect.isclass(value) or inspect.isfunction(value)]
    near = [f"{module_name}:{each}" for each in difflib.get_close_matches(name, names, 3, 0.75)]
    why = f"the module {module_name} has no class {name}"
    return ClassProblem("unknown-class", why, near or near_classes(module, module_name))


def near_classes(module, module_name):
    """The classes that a module itself defines."""
    classes = [each for each, value in vars(module).items() if inspect.isclass(value) and value.__module__ == module_name]
    return [f"{module_name}:{each}" for each in classes[:3]]


def has(module, name):
    value = module
    for part in name.split("."):
        if not hasattr(value, part):
            return False
        value = getattr(value, part)
    return True


def exists(module):
    if module in sys.modules:
        return True
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, AttributeError, ValueError):
        return False


def near_modules(missing):
    """Modules beside the missing one whose names are similar."""
    parent, _, last = missing.rpartition(".")
    try:
        spec = importlib.util.find_spec(parent)
    except (Exception, SystemExit):
        return []
    names = [found.name for found in pkgutil.iter_modules(spec.submodule_search_locations or [])] if spec else []
    return [f"{parent}.{name}" for name in difflib.get_close_matches(last, names, 3, 0.6)]


def own_top_modules():
    folders = [path for path in sys.path if path and not in_site_packages(path) and os.path.realpath(path) not in STANDARD]
    return [found.name for found in pkgutil.iter_modules(folders)]


def place_of(top):
    """The directory of the checkout that has the module, as the user would write it, or None."""
    try:
        folders = [name for name in sorted(os.listdir("."))[:MAX_ENTRIES] if os.path.isdir(name) and not name.startswith(".")]
    except OSError:
        return None
    for folder in [".", *folders]:
        if os.path.isfile(os.path.join(folder, top + ".py")) or os.path.isdir(os.path.join(folder, top)):
            return "the working directory" if folder == "." else folder
    return None


def words_of(error):
    """The error with the line of the user's own code that caused it."""
    if isinstance(error, SyntaxError):
        return f"{shown(error.filename or '')}, line {error.lineno}: {error.msg}"
    # The message of an ImportError ends with the path of an installed module.
    text = re.sub(r" \([^()]*\)$", "", in_own_words(error)) if isinstance(error, ImportError) else in_own_words(error)
    text = text if text.startswith(type(error).__name__) else f"{type(error).__name__}: {text}"
    if isinstance(error, SystemExit):
        text = f"its module ends the process: {in_own_words(error)}"
    frame = own_frame(error)
    return f"{shown(frame.filename)}, line {frame.lineno}: {text}" if frame else text


def importer_of(error, reference):
    frame = own_frame(error)
    return f"line {frame.lineno} of {shown(frame.filename)}" if frame else reference.partition(":")[0]


def own_frame(error):
    """The innermost frame of the user's code, else of any installed code."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if is_code(frame.filename)]
    own = [frame for frame in frames if not in_site_packages(frame.filename) and not is_standard(frame.filename)]
    installed = [frame for frame in frames if not is_standard(frame.filename) and "/evals/utils/" not in frame.filename]
    return (own or installed or [None])[-1]


def is_code(path):
    return not path.startswith("<") and not os.path.realpath(path).startswith(PACKAGE + os.sep)


def is_standard(path):
    return os.path.realpath(path).startswith(tuple(folder + os.sep for folder in STANDARD)) and not in_site_packages(path)


def shown(path):
    """A path in the working directory is relative to it."""
    relative = os.path.relpath(os.path.realpath(path))
    return path if relative.startswith(os.pardir) else relative
