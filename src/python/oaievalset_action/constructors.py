"""What can be said for certain about the constructors of a class, from their signatures and their source."""
import ast
import inspect
import textwrap
import types

LEAVES = (ast.Return, ast.Yield, ast.YieldFrom, ast.Await)


class Unknown(Exception):
    """What follows cannot be said for certain."""


def constructors_of(cls):
    """The constructors of the class and of its bases, in the order in which `super()` finds them.

    Raises Unknown if instances of the class are made in another way.
    """
    if not inspect.isclass(cls) or cls.__new__ is not object.__new__ or type(cls).__call__ is not type.__call__:
        raise Unknown
    return [vars(each)["__init__"] for each in cls.__mro__ if "__init__" in vars(each)]


def is_plain(function):
    """Whether this is a function that is called as it is written: neither built in nor wrapped."""
    return isinstance(function, types.FunctionType) and not hasattr(function, "__wrapped__")


def source_of(function):
    """The syntax tree of a function that is called as it is written. Raises Unknown for any other."""
    if not is_plain(function):
        raise Unknown
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    except Exception:  # inspect raises errors of many kinds when there is no source, or another one.
        raise Unknown from None
    if not isinstance(tree, ast.FunctionDef) or tree.name != function.__name__ or tree.decorator_list:
        raise Unknown
    return tree


def super_call(statement):
    """The call, when the statement is `super().__init__(…)`."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr != "__init__":
        return None
    owner = call.func.value
    is_super = isinstance(owner, ast.Call) and isinstance(owner.func, ast.Name) and owner.func.id == "super"
    return call if is_super and not owner.args and not owner.keywords else None


def mentions(node, name):
    # A name is in the dump of every node that reads or binds it, and so is text that is equal to it.
    return f"'{name}'" in ast.dump(node)


def leaves(statement):
    return any(isinstance(node, LEAVES) for node in ast.walk(statement))
