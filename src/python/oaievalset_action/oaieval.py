"""Runs evals' own `oaieval` in this process, on a leash.

    oaieval [--chat-fallback] <arguments of oaieval>

File descriptor 3 is a pipe whose other end the action holds open, see leash.py.
"""
import os
import sys

from . import chat_fallback, leash, response_models

LEASH = 3
CHAT_FALLBACK = "--chat-fallback"


def main(arguments):
    leash.end_with(LEASH)
    leash.hold(LEASH)
    if arguments and arguments[0] == CHAT_FALLBACK:
        arguments = arguments[1:]
        chat_fallback.install()
    response_models.install()
    return run_oaieval(arguments)


def run_oaieval(arguments):
    """Does what the console script `oaieval` does with these arguments. Returns its exit code, or raises what it raises."""
    sys.argv[:] = ["oaieval", *arguments]
    # A process that multiprocessing spawns runs the file of its parent's main module, which must be the console script.
    script = os.path.join(os.path.dirname(sys.executable), "oaieval")
    if os.path.isfile(script):
        sys.modules["__main__"].__file__ = script
    else:
        del sys.modules["__main__"].__file__
    from evals.cli.oaieval import main

    try:
        return main()
    except Exception as error:
        sample = sample_of(error)
        if sample is not None:
            print(f"The exception that follows was raised for sample {sample}.", file=sys.stderr, flush=True)
        raise


def sample_of(error):
    """The ID of the sample for which an exception was raised. evals/eval.py has it only as a local variable."""
    sample = None
    traceback = error.__traceback__
    while traceback is not None:
        frame = traceback.tb_frame
        if frame.f_code.co_name == "eval_sample" and "sample_id" in frame.f_locals:
            sample = frame.f_locals["sample_id"]
        traceback = traceback.tb_next
    return sample if isinstance(sample, str) else None
