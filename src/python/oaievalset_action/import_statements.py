"""Reads from the text of a Python file what it imports: at its top, inside functions, and by importlib with a literal name."""
import ast
import re
import tokenize

# `package.module:Name`, as evals.utils.misc.make_object takes it.
CLASS_REFERENCE = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")

IMPORTERS = ("import_module", "__import__", "make_object")
LISTERS = ("iter_modules", "walk_packages")

# A larger file is generated code, and parsing it would take too long.
MAX_BYTES = 16 * 1024**2


class Imports:
    """Imports as they are written: the number of dots (`level`), a module, and the names taken from it ("*" for all)."""

    def __init__(self):
        self.statements = []
        # (level, name) of packages of which any module may be imported.
        self.whole_packages = []
        # Modules in texts that look like the reference of a class. Such a text may be something else.
        self.references = []
        # Whether there are imports whose names only a run shows.
        self.hidden = False


def imports_of(path):
    """No imports when this Python cannot parse the file, because it then cannot run the file either."""
    try:
        with tokenize.open(path) as file:
            text = file.read(MAX_BYTES)
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
                found.references.append(node.value.partition(":")[0])
        if isinstance(node, ast.If) and is_type_checking(node.test):
            stack += node.orelse  # The body never runs.
        else:
            stack += ast.iter_child_nodes(node)
    return found


def read_call(node, found):
    name = getattr(node.func, "attr", None) or getattr(node.func, "id", None)
    if name in LISTERS:
        # The argument is the path of a package, which is nearly always the package of this file.
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
        # f"own.plugins.{name}": only a run shows which module it is.
        if "." in text:
            found.whole_packages.append(split_dots(text.rpartition(".")[0] or "."))
        elif first is not None and is_own_name(first):
            found.whole_packages.append((1, ""))
        else:
            found.hidden = True
    else:
        found.hidden = True


def is_own_name(value):
    """Whether it is the first value of f"{__package__}.{name}" or f"{__name__}.{name}"."""
    return isinstance(value, ast.FormattedValue) and getattr(value.value, "id", None) in ("__package__", "__name__")


def split_dots(name):
    module = name.lstrip(".")
    return len(name) - len(module), module


def is_type_checking(test):
    return "TYPE_CHECKING" in (getattr(test, "id", None), getattr(test, "attr", None))
