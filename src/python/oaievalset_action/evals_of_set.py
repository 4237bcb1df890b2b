"""Describes each eval of a set."""
import copy
import re

from .classes import default_jsonl_arguments, own_registry_arguments, unread_arguments
from .data_files import MODELGRADED_ARGUMENT, strings_in
from .not_found import NotFound
from .output import jsonable
from .selection import base_of

# These would break a line of the log or of the progress file. src/progress/saved-plan.ts refuses the same characters.
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class EvalsOfSet:
    def __init__(self, registry, code, completion_functions, data_files, checks, extra_eval_params, problems):
        """`code` describes classes, and `checks` find out before any request what would stop an eval."""
        self._registry = registry
        self._code = code
        self._completion_functions = completion_functions
        self._data_files = data_files
        self._checks = checks
        self._extra_eval_params = extra_eval_params
        self._problems = problems
        self._not_found = NotFound(registry, problems)

    def describe(self, spec):
        key = spec.key
        self._check_names(spec)
        args = {**copy.deepcopy(spec.args or {}), **self._extra_eval_params}
        cls, why = self._code.classes.load(spec.cls)
        solvers, solver_data = self._completion_functions.named_in(args, key)
        modelgraded = self._modelgraded(key, args)
        grading = modelgraded.get(args.get("modelgraded_spec"))
        code = self._code.of_class(cls, spec.cls, [args, solvers], [solver["spec"]["cls"] for solver in solvers])
        may_write = code["may_write"]
        named = {**default_jsonl_arguments(cls), **args}
        if cls is None:
            self._problems.add(why.code, key, why.message, why.near)
        else:
            self._checks.check_class(spec, cls, args, named, grading)
        data, remote = self._data_files.find(
            named, spec.registry_path, key, own_registry_arguments(cls), unread_arguments(cls, args), may_write
        )
        base = base_of(key)
        return {
            "key": key,
            "base": base,
            "spec": {"cls": spec.cls, "args": jsonable(args)},
            **self._base_eval(base),
            "model_graded": self._checks.judge.grades(cls),
            "modelgraded": [{"name": name, "spec": jsonable(fields_of(each))} for name, each in modelgraded.items()],
            **code,
            "solvers": solvers,
            "solver_data": solver_data,
            "data": data,
            "remote": remote,
            "samples": self._checks.check_samples(spec, cls, named, may_write, grading),
            "demand": self._checks.demand(spec, cls, named, grading),
        }

    def _check_names(self, spec):
        if "." not in spec.key or CONTROLS.search(spec.key) or " ".join(spec.key.split()) != spec.key:
            form = "the name of an eval needs a split after a dot, as in my-eval.dev.v0"
            self._problems.add("bad-eval-name", spec.key, f"{form}, and must have no control characters or repeated blanks")
        if not is_text(str(spec.group)):
            why = "the name of its registry file is not UTF-8, so evals cannot write it into a record; rename the file"
            self._problems.add("bad-registry", spec.key, why)

    def _base_eval(self, name):
        try:
            base = self._registry.get_base_eval(name)
            return {"metrics": list(base.metrics or []), "higher_is_better": bool(base.higher_is_better)}
        except Exception:  # oaieval does not read it, so a missing or invalid entry is not a problem.
            return {"metrics": [], "higher_is_better": True}

    def _modelgraded(self, key, args):
        """The model-graded specs that the arguments name, by their names."""
        specs = {}
        for argument, name in strings_in(args):
            if not MODELGRADED_ARGUMENT.search(argument):
                continue
            if name not in self._registry._modelgraded_specs:
                self._not_found.modelgraded(name, key)
                continue
            spec = self._registry.get_modelgraded_spec(name)
            if spec is not None:
                specs[name] = spec
        return specs


def fields_of(modelgraded):
    fields = {field: value for field, value in vars(modelgraded).items() if not field.startswith("_")}
    return {field: value for field, value in fields.items() if field not in ("group", "registry_path")}


def is_text(name):
    try:
        name.encode("utf-8")
        return True
    except UnicodeEncodeError:
        return False
