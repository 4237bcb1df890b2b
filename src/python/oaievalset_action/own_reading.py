"""Whether a class certainly reads its samples with Eval.get_samples, from the file that the argument samples_jsonl names."""
import ast
import inspect
import textwrap

from .constructors import Unknown, leaves, source_of

ARGUMENT = "samples_jsonl"

# An expression in one of these may be left out, or run later or often.
MAYBE = (ast.Lambda, ast.IfExp, ast.BoolOp, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
SIMPLE = (ast.Assign, ast.AnnAssign, ast.Expr, ast.Return)


def reads_samples(cls):
    """Whether `run` certainly calls `self.get_samples()`, which is that of evals or calls that, with the argument as it was passed."""
    from evals.eval import Eval

    names = ("_get_samples_path", "_prefix_registry_path")
    if not inspect.isclass(cls) or any(static(cls, name) is not static(Eval, name) for name in names):
        return False
    return certainly_calls(static(cls, "run"), is_self) and reaches_evals(cls, Eval) and keeps_argument(cls)


def reaches_evals(cls, base):
    """Whether each `get_samples` of the class and its bases certainly calls the one that it replaces, up to that of evals."""
    found = (vars(each)["get_samples"] for each in cls.__mro__ if "get_samples" in vars(each))
    for method in found:
        if method is static(base, "get_samples"):
            return True
        if not certainly_calls(method, is_super):
            return False
    return False


def certainly_calls(method, is_object):
    """Whether a method certainly calls `get_samples` of the object."""
    try:
        body = source_of(method).body
    except Unknown:
        return False
    for statement in body:
        if isinstance(statement, SIMPLE) and calls_get_samples(statement, is_object):
            return True
        if leaves(statement):
            return False
    return False


def static(cls, name):
    return inspect.getattr_static(cls, name, None)


def is_self(node):
    return isinstance(node, ast.Name) and node.id == "self"


def is_super(node):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super" and not node.args


def calls_get_samples(statement, is_object):
    if any(isinstance(node, MAYBE) for node in ast.walk(statement)):
        return False
    calls = [node.func for node in ast.walk(statement) if isinstance(node, ast.Call)]
    return any(isinstance(called, ast.Attribute) and called.attr == "get_samples" and is_object(called.value) for called in calls)


def keeps_argument(cls):
    """Whether the class and its bases do nothing with the argument but store it, or pass it on by its name."""
    return all(only_stores(each) for each in cls.__mro__ if each.__module__ not in ("evals.eval", "abc", "builtins"))


def only_stores(cls):
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    except Exception:  # As in constructors.py.
        return False
    allowed = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and is_store(node) or isinstance(node, ast.keyword) and is_passed_on(node):
            allowed.update(map(id, ast.walk(node)))
        uses = ARGUMENT in (getattr(node, "id", None), getattr(node, "attr", None), getattr(node, "value", None))
        uses = uses or isinstance(node, ast.keyword) and node.arg == ARGUMENT
        if uses and id(node) not in allowed:
            return False
    return True


def is_store(node):
    target = node.targets[0]
    return (
        len(node.targets) == 1
        and isinstance(target, ast.Attribute)
        and target.attr == ARGUMENT
        and isinstance(node.value, ast.Name)
        and node.value.id == ARGUMENT
    )


def is_passed_on(node):
    return node.arg == ARGUMENT and isinstance(node.value, ast.Name) and node.value.id == ARGUMENT
