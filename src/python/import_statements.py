"""What a Python file imports, read from its text: at its top, inside functions, and by importlib with a name written out.

Standard library only.
"""
import ast
import re
import tokenize

# `package.module:Name`, as evals.utils.misc.make_object takes it.
CLASS_REFERENCE = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")

IMPORTERS = ("import_module", "__import__", "make_object")
LISTERS = ("iter_modules", "walk_packages")

# A program that is larger was written by a program.
LARGEST = 16 * 1024**2


class Imports:
    """Names as they are written: `level` dots, a module, and what is taken from it ("*" for all of it)."""

    def __init__(self):
        self.statements = []
        # Packages all of whose modules may be imported: their name, with its level.
        self.whole_packages = []


def imports_of(path):
    """Nothing when it is no Python text that this Python can read: then there is nothing in it that could be imported."""
    try:
        with tokenize.open(path) as file:
            text = file.read(LARGEST)
        tree = ast.parse(text)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return Imports()
    found = Imports()
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Import):
            found.statements += [(0, alias.name, ()) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.statements.append((node.level, node.module or "", tuple(alias.name for alias in node.names)))
        elif isinstance(node, ast.Call):
            read_call(node, found)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if CLASS_REFERENCE.fullmatch(node.value):
                found.statements.append((0, node.value.partition(":")[0], ()))
        if isinstance(node, ast.If) and is_type_checking(node.test):
            stack += node.orelse  # The rest is never run.
        else:
            stack += ast.iter_child_nodes(node)
    return found


def read_call(node, found):
    name = getattr(node.func, "attr", None) or getattr(node.func, "id", None)
    if name in LISTERS:
        # They are given the path of a package: nearly always that of the one they are called in.
        found.whole_packages.append((1, ""))
        return
    if name not in IMPORTERS or not node.args:
        return
    target = node.args[0]
    if isinstance(target, ast.Constant) and isinstance(target.value, str):
        level, module = split_dots(target.value.partition(":")[0])
        found.statements.append((level, module, ()))
    elif isinstance(target, ast.JoinedStr):
        first = target.values[0] if target.values else None
        text = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
        # f"own.plugins.{name}": which of them, only a run can tell.
        if "." in text:
            found.whole_packages.append(split_dots(text.rpartition(".")[0] or "."))
        elif first is not None and is_own_name(first):
            found.whole_packages.append((1, ""))


def is_own_name(value):
    """f"{__package__}.{name}", f"{__name__}.{name}"."""
    return isinstance(value, ast.FormattedValue) and getattr(value.value, "id", None) in ("__package__", "__name__")


def split_dots(name):
    module = name.lstrip(".")
    return len(name) - len(module), module


def is_type_checking(test):
    return "TYPE_CHECKING" in (getattr(test, "id", None), getattr(test, "attr", None))
