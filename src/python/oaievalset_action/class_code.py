"""Imports classes, and describes the code behind them."""
from .classes import Classes
from .code_lists import CodeLists
from .import_edges import ImportEdges
from .imported_modules import ImportedModules
from .missing_imports import ANY, MissingImports
from .sources import Sources


class ClassCode:
    def __init__(self):
        edges = ImportEdges()
        self.classes = Classes(edges)
        self.sources = Sources()
        self.imported = ImportedModules(self.sources, edges)
        self._lists = CodeLists(self.imported)

    @property
    def lists(self):
        return self._lists.lists

    def of_class(self, cls, reference, args, more=()):
        """The fields of the plan about the code of a class; `cls` is None when it cannot be imported. Further classes are those
        of `more`, and those that the arguments name."""
        if cls is None:
            return {"sources": [], "packages": [], "code": None, "may_write": False}
        sources, packages = self.sources.of(cls)
        number = self._lists.number_of(cls, reference, args, more)
        return {"sources": sources, "packages": packages, "code": number, "may_write": self.sources.is_own_class(cls)}

    def missing_imports(self):
        missing = MissingImports(self.sources, self.imported).of(self.classes.modules() | self._lists.modules())
        return missing or ([ANY] if self.classes.has_failed() else [])
