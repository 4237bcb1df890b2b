"""Whether a class of evals certainly refuses a number of completion functions.

evals' classes check the number in their constructors, with a statement such as `assert len(completion_fns) == 1`. Such a
statement counts only if it certainly runs, and runs on the list that oaieval passes: nothing before it may return, or mention
the list, except a call of `super().__init__` that passes the list on. In every other case the number is not known.
"""
import ast
import operator
import sys

from .constructors import Unknown, constructors_of, leaves, mentions, source_of, super_call

LIST = "completion_fns"

OPERATORS = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


class Refused(Exception):
    """The constructor ends with an error. The text is the condition that is not met, or the class's own message."""


def refusal_of(cls, count):
    """Why the class cannot be constructed with `count` completion functions. None when it can, or when that is not known."""
    try:
        # oaieval passes the list by its name.
        Reader(count, holds_list=not hasattr(cls, LIST)).read(constructors_of(cls), positional=False)
    except Refused as refused:
        return str(refused)
    except Unknown:
        pass
    return None


class Reader:
    def __init__(self, count, holds_list):
        self._count = count
        # Whether `self.completion_fns` is an ordinary attribute, which Eval.__init__ sets to a list of the same length.
        self._holds_list = holds_list

    def read(self, constructors, positional):
        """Reads what the first constructor does with the list, which is its first argument or has the name of the list.
        Returns whether `self.completion_fns` is as long as the list at its end.

        Raises Refused or Unknown.
        """
        constructor, following = constructors[0], constructors[1:]
        if constructor is sys.modules["evals.eval"].Eval.__init__:
            return self._holds_list
        function = source_of(constructor)
        name = carrier_of(function.args, positional)
        is_held = False
        for statement in function.body:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                continue  # The docstring.
            condition = condition_of(statement)
            if condition is not None and self._applies(condition, name, is_held):
                if not self._is_met(condition):
                    raise Refused(message_of(statement) or f"its constructor needs {ast.unparse(condition)}")
                continue
            passed = super_call(statement)
            if passed is not None and mentions(passed, name):
                is_held = self.read(following, passes_first(passed, name))
                continue
            if passed is None and (mentions(statement, LIST) or mentions(statement, name)) or leaves(statement):
                raise Unknown
            # A method that is called here may set the attribute.
            is_held = False
        return is_held

    def _applies(self, condition, name, is_held):
        counted = condition.left.args[0]
        if isinstance(counted, ast.Name):
            return counted.id == name == LIST
        return is_held and isinstance(counted.value, ast.Name) and counted.value.id == "self"

    def _is_met(self, condition):
        return OPERATORS[type(condition.ops[0])](self._count, condition.comparators[0].value)


def carrier_of(parameters, positional):
    """The name of the parameter that has the list: the list itself, `*args` or `**kwargs`."""
    first = [each.arg for each in [*parameters.posonlyargs, *parameters.args]][1:2]
    if positional:
        if first == [LIST]:
            return LIST
        if not first and parameters.vararg:
            return parameters.vararg.arg
    else:
        if LIST in [each.arg for each in [*parameters.args, *parameters.kwonlyargs]]:
            return LIST
        if parameters.kwarg:
            return parameters.kwarg.arg
    raise Unknown


def condition_of(statement):
    """The condition on a number of completion functions without which the statement raises an error, or None."""
    if isinstance(statement, ast.Assert):
        # python -O leaves assertions out.
        return statement.test if is_count(statement.test) and not sys.flags.optimize else None
    if isinstance(statement, ast.If) and is_count(statement.test) and not statement.orelse:
        if len(statement.body) == 1 and isinstance(statement.body[0], ast.Raise):
            return opposite(statement.test)
    return None


def is_count(test):
    """Whether this is `len(completion_fns) == 1`, with any comparison and any whole number."""
    return (
        isinstance(test, ast.Compare)
        and len(test.ops) == 1
        and type(test.ops[0]) in OPERATORS
        and isinstance(test.comparators[0], ast.Constant)
        and type(test.comparators[0].value) is int
        and isinstance(test.left, ast.Call)
        and isinstance(test.left.func, ast.Name)
        and test.left.func.id == "len"
        and len(test.left.args) == 1
        and isinstance(test.left.args[0], (ast.Name, ast.Attribute))
        and LIST in (getattr(test.left.args[0], "id", None), getattr(test.left.args[0], "attr", None))
    )


OPPOSITES = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
}


def opposite(test):
    return ast.Compare(left=test.left, ops=[OPPOSITES[type(test.ops[0])]()], comparators=test.comparators)


def message_of(statement):
    """The message of an assertion, when it is plain text."""
    message = getattr(statement, "msg", None)
    return message.value if isinstance(message, ast.Constant) and isinstance(message.value, str) else None


def passes_first(call, name):
    """Whether the call passes the list as its first argument. False: by its name. Raises Unknown for any other call."""
    uses = [node for node in ast.walk(call) if isinstance(node, ast.Name) and node.id == name]
    if len(uses) != 1:
        raise Unknown
    first = call.args[0] if call.args else None
    if first is uses[0] and name == LIST or isinstance(first, ast.Starred) and first.value is uses[0]:
        return True
    for keyword in call.keywords:
        if keyword.value is uses[0] and keyword.arg == (LIST if name == LIST else None):
            return False
    raise Unknown
