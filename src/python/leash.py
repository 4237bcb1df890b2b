"""Runs evals' own `oaieval` in this process, on a leash.

    python leash.py <oaieval arguments>

File descriptor 3 is a pipe whose other end the action holds open. When the action is gone, kill -9 included, the read
ends here, and this process and all it started are killed: an eval whose action is gone would go on spending.
Standard library and evals only.
"""
import os
import signal
import sys
import threading

LEASH = 3


def hold() -> None:
    os.set_inheritable(LEASH, False)

    def watch() -> None:
        try:
            while os.read(LEASH, 1):
                pass
        except OSError:
            pass
        os.killpg(os.getpgrp(), signal.SIGKILL)

    threading.Thread(target=watch, name="leash", daemon=True).start()


if __name__ == "__main__":
    # A console script does not have its own folder's modules in front of everybody else's; neither must this one.
    sys.path.pop(0)
    hold()
    sys.argv[0] = "oaieval"
    from evals.cli.oaieval import main

    sys.exit(main())
