"""Notes what imports change in a process besides its modules. Evals that are forked from this process would all see it,
while an `oaieval` sees what the modules of its own eval change.

Standard library only.
"""
import contextlib
import functools
import os
import random
import signal

# joblib and scikit-learn set these, of OpenMP, whoever imports them. They change no result.
OF_LIBRARIES = ("KMP_",)


class ImportEffects:
    """To be made when everything is imported that any `oaieval` imports."""

    def __init__(self):
        # In words.
        self.found = []
        # What draws leaves no trace that tells a seed from a draw: calls are noted.
        self._seeds = [(random, ("seed", "setstate"))]
        try:
            # Most evals need it. Else a module could import it and seed it at once.
            import numpy.random

            self._seeds.append((numpy.random, ("seed", "set_state")))
        except Exception:
            pass

    @contextlib.contextmanager
    def noted(self):
        """Around imports."""
        before = settings()
        originals = [(source, name, getattr(source, name)) for source, names in self._seeds for name in names]
        for source, name, original in originals:
            setattr(source, name, self._noting(source, original))
        try:
            yield
        finally:
            for source, name, original in originals:
                setattr(source, name, original)
            after = settings()
            for name in {**before, **after}:
                if before.get(name) != after.get(name):
                    self._note(name)

    def _noting(self, source, function):
        @functools.wraps(function)
        def call(*args, **kwargs):
            # Without a seed it is what each process begins with.
            if any(value is not None for value in (*args, *kwargs.values())):
                self._note(f"the seed of {source.__name__}")
            return function(*args, **kwargs)

        return call

    def _note(self, what):
        if what not in self.found:
            self.found.append(what)


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
