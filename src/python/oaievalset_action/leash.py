"""Kills this process and everything it started when the process that holds the other end of a pipe is gone.

The action holds the other end open. When the action is gone, even by SIGKILL, an eval that continued would keep spending.
"""
import fcntl
import os
import select
import signal
import sys
import threading


def hold(*ends):
    """Kills this process group when the other side of any of these pipes is gone. Nothing is ever written to them."""

    def watch(end):
        # A blocking read would not do: the kernel sends no SIGIO for a pipe that a process waits to read from.
        wait_for(end)
        os.killpg(os.getpgrp(), signal.SIGKILL)

    for end in ends:
        os.set_inheritable(end, False)
        threading.Thread(target=watch, args=(end,), name="leash", daemon=True).start()


def end_with(end, at_once=True):
    """Sets whether the kernel kills this process group when the other side of this pipe is gone, even while no thread of
    Python can run, because a regular expression or an imported module holds the interpreter indefinitely. The kernel sends
    SIGIO, which kills a process that does not handle it. Linux only; elsewhere this does nothing.

    The SIGIO owner belongs to the open file description, so forked processes that share it cannot each set their own.
    """
    if sys.platform != "linux":
        return
    fcntl.fcntl(end, fcntl.F_SETOWN, -os.getpgrp())
    flags = fcntl.fcntl(end, fcntl.F_GETFL)
    fcntl.fcntl(end, fcntl.F_SETFL, flags | os.O_ASYNC if at_once else flags & ~os.O_ASYNC)
    if wait_for(end, 0):
        os.killpg(os.getpgrp(), signal.SIGKILL)


def wait_for(end, milliseconds=None):
    """Waits until the pipe can be read, which here means that it was closed. Returns whether it was closed."""
    poll = select.poll()
    poll.register(end, select.POLLIN)
    return bool(poll.poll(milliseconds))
