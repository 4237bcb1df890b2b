"""Runs evals' own `oaieval` in this process, on a leash.

    python leash.py [--todays-models] <oaieval arguments>

File descriptor 3 is a pipe whose other end the action holds open. When the action is gone, kill -9 included, the read
ends here, and this process and all it started are killed: an eval whose action is gone would go on spending.
Standard library and evals only.
"""
import os
import signal
import sys
import threading

LEASH = 3
TODAYS_MODELS = "--todays-models"


def hold(*ends):
    """Kills this process's group when the other side of any of these pipes, to which nothing is ever written, is gone."""

    def watch(end):
        try:
            while os.read(end, 1):
                pass
        except OSError:
            pass
        os.killpg(os.getpgrp(), signal.SIGKILL)

    for end in ends:
        os.set_inheritable(end, False)
        threading.Thread(target=watch, args=(end,), name="leash", daemon=True).start()


def oaieval(arguments):
    """What the console script `oaieval` does with these arguments. Returns its exit code, or raises what it raises."""
    sys.argv[:] = ["oaieval", *arguments]
    # A process that multiprocessing starts anew begins with the file of this one's main module.
    script = os.path.join(os.path.dirname(sys.executable), "oaieval")
    if os.path.isfile(script):
        sys.modules["__main__"].__file__ = script
    else:
        del sys.modules["__main__"].__file__
    from evals.cli.oaieval import main

    return main()


if __name__ == "__main__":
    import todays_models

    # A console script does not have its own folder's modules in front of everybody else's; neither must this one.
    sys.path.pop(0)
    del sys.modules["todays_models"]
    hold(LEASH)
    arguments = sys.argv[1:]
    if arguments and arguments[0] == TODAYS_MODELS:
        arguments.pop(0)
        todays_models.install()
    sys.exit(oaieval(arguments))
