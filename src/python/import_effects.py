"""Notes what imports change in a process besides its modules. Evals that are forked from this process would all see it,
while an `oaieval` sees what the modules of its own eval change.

Standard library only.
"""
import contextlib
import functools
import os
import random
import signal
import tempfile

# joblib and scikit-learn set these, of OpenMP, whoever imports them. They change no result.
OF_LIBRARIES = ("KMP_",)


class ImportEffects:
    """To be made when everything is imported that any `oaieval` imports."""

    def __init__(self):
        # In words.
        self.found = []
        # Calls that leave no trace by which their effect could be told: what draws looks as when it was seeded.
        self._calls = [
            (random, ("seed", "setstate"), is_seed, "the seed of random"),
            # The first eval that ends would remove it.
            (tempfile, ("mkdtemp", "NamedTemporaryFile"), anything, "a temporary file or directory"),
        ]
        try:
            # Most evals need it. Else a module could import it and seed it at once.
            import numpy.random

            self._calls.append((numpy.random, ("seed", "set_state"), is_seed, "the seed of numpy.random"))
        except Exception:
            pass

    @contextlib.contextmanager
    def noted(self):
        """Around imports."""
        before = settings()
        replaced = []
        for module, names, counts, what in self._calls:
            for name in names:
                function = getattr(module, name)
                replaced.append((module, name, function))
                setattr(module, name, self._noting(function, counts, what))
        try:
            yield
        finally:
            for module, name, function in replaced:
                setattr(module, name, function)
            after = settings()
            for name in {**before, **after}:
                if before.get(name) != after.get(name):
                    self._note(name)

    def _noting(self, function, counts, what):
        @functools.wraps(function)
        def call(*args, **kwargs):
            if counts(*args, *kwargs.values()):
                self._note(what)
            return function(*args, **kwargs)

        return call

    def _note(self, what):
        if what not in self.found:
            self.found.append(what)


def is_seed(*values):
    """Without one it is what each process begins with."""
    return any(value is not None for value in values)


def anything(*_):
    return True


def settings():
    try:
        directory = os.getcwd()
    except OSError:
        directory = None  # It has been removed.
    return {
        "the working directory": directory,
        **{
            f"the environment variable {name}": value
            for name, value in os.environ.items()
            if not name.startswith(OF_LIBRARIES)
        },
        **{f"the handler of {signal_name(number)}": signal.getsignal(number) for number in signal.valid_signals()},
    }


def signal_name(number):
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"  # Most real-time signals have no name.
