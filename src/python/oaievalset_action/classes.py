"""Classes of evals and completion functions, and what can be read from their constructors."""
import inspect
import sys

from .class_problems import class_problem

# User code may call sys.exit() when it is imported. This counts as a failed import, and must not end this process.
IMPORT_ERRORS = (Exception, SystemExit)


class Classes:
    """Imports classes by reference. Each module is imported once, whether the import succeeds or fails."""

    def __init__(self, edges):
        self._edges = edges
        self._loaded = {}
        self._broken_modules = {}

    def modules(self):
        """The names of the modules of all classes that were asked for."""
        return {reference.partition(":")[0] for reference in self._loaded}

    def has_failed(self):
        return any(found is None for found, _ in self._loaded.values())

    def load(self, reference):
        """Returns (class, None), or (None, the ClassProblem)."""
        from evals.utils.misc import make_object

        if reference in self._loaded:
            return self._loaded[reference]
        module = reference.partition(":")[0]
        why = self._broken_modules.get(module)
        found = None
        if why is None:
            try:
                with self._edges.recorded():
                    found = make_object(reference).func
            except IMPORT_ERRORS as error:
                why = class_problem(reference, error)
                if module not in sys.modules:
                    self._broken_modules[module] = why
        self._loaded[reference] = (found, why)
        return self._loaded[reference]


def default_jsonl_arguments(cls):
    """Data files that a class itself names, as defaults of its constructor."""
    return {
        name: default
        for name, default in constructor_defaults(cls).items()
        if name.endswith("_jsonl") and isinstance(default, str)
    }


def unread_arguments(cls, args):
    """The arguments whose files nothing opens. evals.elsuite.basic.match and translate open few_shot_jsonl only when shots
    are asked for."""
    defaults = constructor_defaults(cls)
    shots = args.get("num_few_shot", defaults.get("num_few_shot"))
    return {"few_shot_jsonl"} if "num_few_shot" in defaults and not shots else set()


def own_registry_arguments(cls):
    """The arguments whose files are looked up in the registry of the spec only. Eval.get_samples does so, and an eval in
    another registry therefore cannot reach the data of evals' own registry."""
    from evals.eval import Eval

    names = ("get_samples", "_get_samples_path", "_prefix_registry_path")
    inherited = all(hasattr(Eval, name) and getattr(cls, name, None) is getattr(Eval, name) for name in names)
    return {"samples_jsonl"} if inherited else set()


def constructor_defaults(cls):
    try:
        parameters = inspect.signature(cls.__init__).parameters.values()
    except (AttributeError, TypeError, ValueError):
        return {}
    return {each.name: each.default for each in parameters if each.default is not inspect.Parameter.empty}
