"""Whether the constructor of a class certainly refuses the arguments that evals passes.

evals passes everything by name. A constructor that takes `**kwargs` usually passes them on with `super().__init__(**kwargs)`.
That call is followed when it certainly runs, with the names that were passed: nothing before it may return, or mention
`args` or `kwargs`. In every other case it is not known what the arguments are for.
"""
import inspect

from .constructors import Unknown, constructors_of, is_plain, leaves, mentions, source_of, super_call

POSITIONAL = inspect.Parameter.VAR_POSITIONAL
BY_NAME = inspect.Parameter.VAR_KEYWORD


class Refused(Exception):
    """The call ends with a TypeError. `unknown`: the argument that the constructor does not take, if that is the cause."""

    def __init__(self, message, unknown=None, known=(), is_about_arguments=True):
        super().__init__(message)
        self.unknown, self.known, self.is_about_arguments = unknown, known, is_about_arguments


def refusal_of(called, names, dropped=()):
    """Why a class or a function cannot be called with keyword arguments of these names, as a Refused. None when it can be, or
    when that is not known. `dropped`: (constructor, name) of arguments that are taken away before the constructor gets them.
    """
    try:
        if inspect.isfunction(called):
            bind(called, 0, names, [])
            return None
        constructors = constructors_of(called)
        if getattr(called, "__abstractmethods__", None):
            missing = ", ".join(sorted(called.__abstractmethods__))
            return Refused(f"does not define {missing}, which its base class demands", is_about_arguments=False)
        follow(constructors, 0, frozenset(names), dropped, [])
    except Refused as refused:
        return refused
    except Unknown:
        pass
    return None


def follow(constructors, positional, names, dropped, known):
    """Follows the arguments from one constructor to the next. `positional`: how many are passed by position, without self."""
    constructor, following = constructors[0], constructors[1:]
    names -= {name for each, name in dropped if each is constructor}
    more_positional, more_names, parameters = bind(constructor, positional + 1, names, known)
    tree = source_of(constructor)
    rest = [each.arg for each in (tree.args.vararg, tree.args.kwarg) if each]
    for statement in tree.body:
        call = super_call(statement)
        if call:
            passed = arguments_of(call, tree, more_positional, more_names)
            follow(following, *passed, dropped, [*known, *parameters])
            return
        if leaves(statement) or any(mentions(statement, name) for name in rest):
            raise Unknown


def bind(function, positional, names, known):
    """(how many positional arguments, which names) the function takes with `*args` and `**kwargs`, and the names of its
    parameters. Raises Refused or Unknown."""
    if not is_plain(function) or hasattr(function, "__signature__"):
        raise Unknown
    signature = inspect.signature(function)
    parameters = [each for each in signature.parameters.values() if each.kind not in (POSITIONAL, BY_NAME)]
    takes_any = {each.kind: each.name for each in signature.parameters.values() if each.kind in (POSITIONAL, BY_NAME)}
    by_position = [each.name for each in parameters if each.kind is not inspect.Parameter.KEYWORD_ONLY][:positional]
    accepted = [each.name for each in parameters if each.kind is not inspect.Parameter.POSITIONAL_ONLY]
    lacking = [
        each.name
        for each in parameters
        if each.default is inspect.Parameter.empty and each.name not in by_position and each.name not in names
    ]
    if lacking:
        raise Refused(f"needs the argument{'s' if len(lacking) > 1 else ''} {' and '.join(lacking)}")
    unknown = sorted(name for name in names if name not in accepted)
    if unknown and BY_NAME not in takes_any:
        raise Refused(f"does not take the argument {unknown[0]}", unknown[0], [*known, *accepted])
    try:
        bound = signature.bind(*[None] * positional, **dict.fromkeys(names)).arguments
    except TypeError as error:
        raise Refused(f"cannot be called with its arguments: {error}") from None
    return len(bound.get(takes_any.get(POSITIONAL), ())), set(bound.get(takes_any.get(BY_NAME), {})), accepted


def arguments_of(call, tree, more_positional, more_names):
    """(how many positional arguments, names) of a call in a constructor. Raises Unknown when that is not certain."""
    positional, names = 0, []
    for each in call.args:
        if type(each).__name__ != "Starred":
            positional += 1
        elif tree.args.vararg and getattr(each.value, "id", None) == tree.args.vararg.arg:
            positional += more_positional
        else:
            raise Unknown
    for each in call.keywords:
        if each.arg is not None:
            names.append(each.arg)
        elif tree.args.kwarg and getattr(each.value, "id", None) == tree.args.kwarg.arg:
            names += more_names
        else:
            raise Unknown
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise Refused(f"passes the argument {sorted(twice)[0]} on twice")
    return positional, frozenset(names)
