"""Records which process-wide state imports change. All evals that are forked from this process would see such a change, while
a process of `oaieval` sees only the changes made by the modules of its own eval.
"""
import contextlib
import functools
import os
import random
import signal
import tempfile

# joblib and scikit-learn set these variables of OpenMP when they are imported. They change no result.
HARMLESS_VARIABLES = ("KMP_",)


class ImportEffects:
    """Create it after importing everything that every `oaieval` imports."""

    def __init__(self):
        # Descriptions for the log.
        self.found = []
        # Calls whose effect cannot be seen afterwards: a generator that has been used looks like one that was seeded.
        self._calls = [
            (random, ("seed", "setstate"), is_seed, "the seed of random"),
            # The first eval that ends would remove a temporary file of its parent.
            (tempfile, ("mkdtemp", "NamedTemporaryFile"), anything, "a temporary file or directory"),
        ]
        try:
            # It is imported here, because a module could otherwise import and seed it in one step. Most evals need it anyway.
            import numpy.random

            self._calls.append((numpy.random, ("seed", "set_state"), is_seed, "the seed of numpy.random"))
        except Exception:
            pass

    @contextlib.contextmanager
    def recorded(self):
        """A context in which the effects of imports are recorded."""
        before = settings()
        replaced = []
        for module, names, counts, what in self._calls:
            for name in names:
                function = getattr(module, name)
                replaced.append((module, name, function))
                setattr(module, name, self._recording(function, counts, what))
        try:
            yield
        finally:
            for module, name, function in replaced:
                setattr(module, name, function)
            after = settings()
            for name in {**before, **after}:
                if before.get(name) != after.get(name):
                    self._record(name)

    def _recording(self, function, counts, what):
        @functools.wraps(function)
        def call(*args, **kwargs):
            if counts(*args, *kwargs.values()):
                self._record(what)
            return function(*args, **kwargs)

        return call

    def _record(self, what):
        if what not in self.found:
            self.found.append(what)


def is_seed(*values):
    """Seeding without a value repeats what each process does when it starts."""
    return any(value is not None for value in values)


def anything(*_):
    return True


def settings():
    try:
        directory = os.getcwd()
    except OSError:
        directory = None  # The working directory has been removed.
    return {
        "the working directory": directory,
        **{
            f"the environment variable {name}": value
            for name, value in os.environ.items()
            if not name.startswith(HARMLESS_VARIABLES)
        },
        **{f"the handler of {signal_name(number)}": signal.getsignal(number) for number in signal.valid_signals()},
    }


def signal_name(number):
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"  # Most real-time signals have no name.
