"""The code behind classes. Thousands of evals may share one class, so the plan contains each list of files once."""
import inspect

from .data_files import strings_in
from .import_statements import CLASS_REFERENCE
from .wire import to_wire


class CodeLists:
    def __init__(self, imported):
        self._imported = imported
        self._numbers = {}
        self.lists = []

    def modules(self):
        """The names of the modules that the lists begin with."""
        return {name for key in self._numbers for name in key}

    def number_of(self, cls, reference, args, more=()):
        """The number of the list of code that a class, its bases and the classes named in its arguments import."""
        named = [reference, *more, *(value for _, value in strings_in(args) if CLASS_REFERENCE.fullmatch(value))]
        bases = inspect.getmro(cls) if inspect.isclass(cls) else [cls]
        modules = {name.partition(":")[0] for name in named} | {getattr(base, "__module__", None) for base in bases}
        key = frozenset(name for name in modules if isinstance(name, str))
        if key not in self._numbers:
            files, packages = self._imported.of(key)
            files = [{"path": to_wire(file["path"]), "label": to_wire(file["label"])} for file in files]
            self._numbers[key] = len(self.lists)
            self.lists.append({"files": files, "packages": packages})
        return self._numbers[key]
