"""Drops the samples that --max_samples excludes, for evals that use no others.

evals parses and keeps all samples of an eval, and then takes a few by a shuffle that depends only on their number. If the
code shows that the eval does nothing else with the samples, every line is still parsed, so that an invalid line fails the eval
as usual, but the samples that will not be taken are dropped. Otherwise nothing is changed.

This saves memory: 8 forked evals of raven-matrices with --max_samples 5 need about 3 times the memory of one `oaieval`
without it, and about 2 times with it (npm run bench -- evalset --part memory).
"""
import ast
import gc
import inspect
import linecache
import os
import sys
import textwrap
import tokenize


def install():
    """Called once, before evals are forked, because reading the code of all imported classes takes a while."""
    import evals.data
    import evals.eval

    known = getattr(evals.data, "_decode_json", None), getattr(evals.eval, "_index_samples", None)
    if None in known:
        return  # Another version of evals reads samples in another way.
    decode, index = known
    load = evals.eval.Eval.get_samples
    kinds = [getattr(evals.eval, name, None) for name in ("Eval", "SolverEval")]
    evaluate = {kind.eval_all_samples for kind in kinds if kind is not None}
    if not all(passes_on(function, "samples", "_index_samples") for function in evaluate):
        return
    frugal = {
        cls
        for cls in subclasses(evals.eval.Eval)
        if inspect.isfunction(cls.run)
        and cls.get_samples is load
        and cls.eval_all_samples in evaluate
        and uses_samples_once(cls.run)
    }

    def get_samples(self):
        # Parsed samples have no cycles, and the growing list would start many garbage collections.
        enabled = gc.isenabled()
        gc.disable()
        try:
            frugal_run = type(self) in frugal and sys._getframe(1).f_code is type(self).run.__code__
            taken = indices_taken(self, index, evals.data, evals.eval) if frugal_run else None
            if taken is None:
                return load(self)
            return load_some(self, taken)
        finally:
            if enabled:
                gc.enable()

    def load_some(self, taken):
        def decode_taken(line, path, line_number):
            sample = decode(line, path, line_number)
            return sample if line_number - 1 in taken else None

        evals.data._decode_json = decode_taken
        try:
            return load(self)
        finally:
            evals.data._decode_json = decode

    evals.eval.Eval.get_samples = get_samples


def indices_taken(eval_, index, data, module):
    """The positions of the samples that the eval takes; None when it takes all of them, or when they are not known."""
    if not isinstance(module._MAX_SAMPLES, int) or eval_.samples_jsonl is None:
        return None
    path = eval_._get_samples_path().as_posix()
    if not os.path.isfile(path):
        return None
    try:
        with data.open_by_file_pattern(path, mode="r") as lines:
            count = sum(1 for _ in lines)
    except Exception:
        return None  # evals reports the error when it reads the file.
    if module._MAX_SAMPLES >= count:
        return None
    disabled, module.logger.disabled = module.logger.disabled, True
    try:
        pairs = index(range(count))
    finally:
        module.logger.disabled = disabled
    return {position for _, position in pairs}


def uses_samples_once(run):
    """Whether `run` gets the samples into a variable, and only passes them to eval_all_samples."""
    function = parsed(run)
    if function is None or not function.args.args:
        return False
    eval_ = function.args.args[0].arg
    taken = [
        node.targets[0].id
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        and len(node.targets) == 1
        and isinstance(node.targets[0], ast.Name)
        and is_call_of(node.value, eval_, "get_samples")
    ]
    if len(taken) != 1:
        return False
    uses = names(function, taken[0])
    handed = [
        node.args[1]
        for node in ast.walk(function)
        if is_call_of(node, eval_, "eval_all_samples") and len(node.args) == 2
    ]
    stored = [use for use in uses if isinstance(use.ctx, ast.Store)]
    return len(uses) == 2 and len(stored) == 1 and len(handed) == 1 and handed[0] in uses


def passes_on(function, parameter, to):
    """Whether a function uses this parameter only as the single argument of a call of `to`."""
    node = parsed(function)
    if node is None:
        return False
    uses = names(node, parameter)
    calls = [
        each.args
        for each in ast.walk(node)
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id == to
    ]
    return len(uses) == 1 and calls == [uses]


def parsed(function):
    # The code object identifies the function even if it is decorated. inspect.getsource would search all modules first.
    code = function.__code__
    try:
        lines = inspect.getblock(linecache.getlines(code.co_filename)[code.co_firstlineno - 1 :])
        node = ast.parse(textwrap.dedent("".join(lines))).body[0]
    except (SyntaxError, ValueError, IndexError, tokenize.TokenError):
        return None
    return node if isinstance(node, ast.FunctionDef) and not node.decorator_list else None


def subclasses(cls):
    direct = cls.__subclasses__()
    return {*direct, *(each for sub in direct for each in subclasses(sub))}


def names(function, name):
    return [node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == name]


def is_call_of(node, owner, method):
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == method
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == owner
    )
