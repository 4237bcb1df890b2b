"""Records which modules a module imports in ways that its text does not show: by a name that is assembled at run time, or
from a file that belongs to no package."""
import contextlib
import functools
import importlib
import importlib._bootstrap_external as bootstrap
import threading


class ImportEdges:
    def __init__(self):
        # For each module, by name: the names of the modules, and the (name, path) of the files, that its code has imported.
        self.names, self.files = {}, {}
        self._running = threading.local()

    @contextlib.contextmanager
    def recorded(self):
        """A context in which imports are recorded."""
        base = bootstrap._LoaderBasics
        execute, import_module = base.exec_module, importlib.import_module

        @functools.wraps(execute)
        def exec_module(loader, module):
            name, path = getattr(module, "__name__", None), getattr(module, "__file__", None)
            stack = self._stack()
            if stack and isinstance(name, str):
                self.names.setdefault(stack[-1], set()).add(name)
                if isinstance(path, str):
                    self.files.setdefault(stack[-1], set()).add((name, path))
            stack.append(name)
            try:
                return execute(loader, module)
            finally:
                stack.pop()

        @functools.wraps(import_module)
        def import_and_record(name, package=None):
            module = import_module(name, package)
            stack = self._stack()
            if stack:
                self.names.setdefault(stack[-1], set()).add(module.__name__)
            return module

        base.exec_module, importlib.import_module = exec_module, import_and_record
        try:
            yield
        finally:
            base.exec_module, importlib.import_module = execute, import_module

    def _stack(self):
        """The modules whose code runs in this thread, the innermost last."""
        if not hasattr(self._running, "names"):
            self._running.names = []
        return self._running.names
