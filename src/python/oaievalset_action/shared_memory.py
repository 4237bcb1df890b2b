"""Keeps memory shared between the host and the processes that are forked from it, which copy each page that they write to."""
import atexit
import contextlib
import gc
import os
import sys
import threading


def share_memory():
    """Called in the host before the first fork."""
    read_in_small_pieces()
    # A garbage collection in a child would write to every page of the host.
    gc.freeze()


def read_in_small_pieces():
    """evals reads data through blobfile, whose buffers take 8 MB in every child. A setting of the user's is kept."""
    blobfile = sys.modules.get("blobfile._ops")
    settings = getattr(getattr(blobfile, "default_context", None), "_conf", None)
    default = getattr(blobfile, "DEFAULT_BUFFER_SIZE", None)
    if default is not None and getattr(settings, "default_buffer_size", None) == default:
        settings.default_buffer_size = 1 << 16


def end_at_once(code):
    """Ends the interpreter in its usual order, but without the last step, which destroys each module. That would copy every
    page that is shared with the host, for nothing, and may crash while threads of a pool are still in code written in C."""
    threading._shutdown()
    # Until Python 3.9 it also raises the last exception, which has been printed, and which does not change the exit code.
    with contextlib.suppress(BaseException):
        atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
