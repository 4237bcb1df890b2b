"""Describes each eval of a set."""
import copy
import os
import re

from .classes import default_jsonl_arguments, own_registry_arguments, unread_arguments
from .data_files import MODELGRADED_ARGUMENT, REMOTE, strings_in
from .not_found import NotFound
from .output import jsonable
from .selection import base_of

# These would break a line of the log or of the progress file. src/progress/saved-plan.ts refuses the same characters.
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class EvalsOfSet:
    def __init__(self, registry, classes, sources, code, completion_functions, data_files, samples, arguments, judge, problems):
        self._registry = registry
        self._classes = classes
        self._sources = sources
        self._code = code
        self._completion_functions = completion_functions
        self._data_files = data_files
        self._samples = samples
        self._arguments = arguments
        self._judge = judge
        self._problems = problems
        self._not_found = NotFound(registry, problems)

    def describe(self, spec):
        key = spec.key
        self._check_names(spec)
        args = {**copy.deepcopy(spec.args or {}), **self._arguments["extra_eval_params"]}
        cls, why = self._classes.load(spec.cls)
        solvers, solver_data = self._completion_functions.named_in(args, key)
        sources, packages, code, may_write = [], [], None, False
        if cls is None:
            self._problems.add(why.code, key, why.message, why.near)
        else:
            sources, packages = self._sources.of(cls)
            code = self._code.number_of(cls, spec.cls, [args, solvers], [solver["spec"]["cls"] for solver in solvers])
            may_write = self._sources.is_own_class(cls)
            self._judge.check(key, spec.cls, cls, args)
        named = {**default_jsonl_arguments(cls), **args}
        own_registry_only = own_registry_arguments(cls)
        data, remote = self._data_files.find(
            named, spec.registry_path, key, own_registry_only, unread_arguments(cls, args), may_write
        )
        base = base_of(key)
        return {
            "key": key,
            "base": base,
            "spec": {"cls": spec.cls, "args": jsonable(args)},
            **self._base_eval(base),
            "model_graded": self._judge.grades(cls),
            "modelgraded": self._modelgraded(key, args),
            "sources": sources,
            "packages": packages,
            "code": code,
            "solvers": solvers,
            "solver_data": solver_data,
            "may_write": may_write,
            "data": data,
            "remote": remote,
            "samples": self._count_samples(key, named, spec.registry_path, own_registry_only, may_write),
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
        specs = {}
        for argument, name in strings_in(args):
            if not MODELGRADED_ARGUMENT.search(argument):
                continue
            if name not in self._registry._modelgraded_specs:
                self._not_found.modelgraded(name, key)
                continue
            spec = self._registry.get_modelgraded_spec(name)
            if spec is not None:
                fields = {field: value for field, value in vars(spec).items() if not field.startswith("_")}
                fields.pop("group", None)
                fields.pop("registry_path", None)
                specs[name] = {"name": name, "spec": jsonable(fields)}
        return list(specs.values())

    def _count_samples(self, key, args, registry_path, own_registry_only, may_write):
        """The lines of samples_jsonl, limited as evals.eval._index_samples does. A class may choose among them."""
        value = args.get("samples_jsonl")
        if not isinstance(value, str) or REMOTE.fullmatch(value):
            return None
        path = self._data_files.samples_of(value, registry_path, own_registry_only)
        count = None if path is None else self._samples.count(path, key)
        if count is None:
            return None
        limit = self._arguments["max_samples"]
        samples = len(range(count)[:limit])
        # A class of the user's may find its samples in its own way, and may not need this file.
        if samples == 0 and limit != 0 and (own_registry_only or not may_write):
            if count > 0:
                why = f"--max_samples {limit} leaves none of {count} samples"
            elif os.path.isdir(path):
                where = value or "the data directory"
                why = f"samples_jsonl: {where} is a directory in which no file named *.jsonl has a sample"
            else:
                why = f"samples_jsonl: {value} has no samples"
            self._problems.add("no-samples", key, why)
        return samples


def is_text(name):
    try:
        name.encode("utf-8")
        return True
    except UnicodeEncodeError:
        return False
