"""Runs evals' own `oaieval` in this process, on a leash.

    python leash.py [--todays-models] <oaieval arguments>

File descriptor 3 is a pipe whose other end the action holds open. When the action is gone, kill -9 included, the read
ends here, and this process and all it started are killed: an eval whose action is gone would go on spending.
Standard library and evals only.
"""
import fcntl
import os
import select
import signal
import sys
import threading

LEASH = 3
TODAYS_MODELS = "--todays-models"


def hold(*ends):
    """Kills this process's group when the other side of any of these pipes, to which nothing is ever written, is gone."""

    def watch(end):
        # Not a read that waits: the kernel sends no signal for a socket that one waits for.
        wait_for(end)
        os.killpg(os.getpgrp(), signal.SIGKILL)

    for end in ends:
        os.set_inheritable(end, False)
        threading.Thread(target=watch, args=(end,), name="leash", daemon=True).start()


def end_with(end, at_once=True):
    """Whether the kernel ends this process's group when the other side of this pipe is gone, also while no thread of Python
    runs: a regular expression or a module that is imported may keep all of them from running for ever. Told by SIGIO, which
    ends a process that does not handle it; only on Linux, elsewhere it is passed over.

    Who is told belongs to the open pipe: processes that share it by a fork cannot each use this.
    """
    if sys.platform != "linux":
        return
    fcntl.fcntl(end, fcntl.F_SETOWN, -os.getpgrp())
    flags = fcntl.fcntl(end, fcntl.F_GETFL)
    fcntl.fcntl(end, fcntl.F_SETFL, flags | os.O_ASYNC if at_once else flags & ~os.O_ASYNC)
    if wait_for(end, 0):
        os.killpg(os.getpgrp(), signal.SIGKILL)


def wait_for(end, milliseconds=None):
    """For something to be read; its end, where nothing is ever written. Returns whether there is."""
    poll = select.poll()
    poll.register(end, select.POLLIN)
    return bool(poll.poll(milliseconds))


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
    end_with(LEASH)
    hold(LEASH)
    arguments = sys.argv[1:]
    if arguments and arguments[0] == TODAYS_MODELS:
        arguments.pop(0)
        todays_models.install()
    sys.exit(oaieval(arguments))
