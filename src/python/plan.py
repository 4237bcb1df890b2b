"""Asks evals' own Registry what an eval set means today, and writes the answer as JSON.

    python plan.py --request request.json --output plan.json

request.json: {"model", "eval_set", "args": [oaieval arguments], "registry_paths": [...], "todays_models": bool,
               "shares_registry": whether evals are given the registry as it is read here}
plan.json:    {"version": 1, "problems": [...], ...}; its reader, src/plan/registry-plan.ts, is its schema.

Everything that would make the set fail, or silently run something else than its author meant, becomes a problem;
all of them are listed, because a user who mends one would rather not wait for the next. Nothing here sends a request.

Imports of eval classes may print, so the answer goes to a file, and whatever is printed goes to stderr.
"""

import argparse
import copy
import datetime
import importlib.metadata
import inspect
import json
import math
import os
import re
import sys

import todays_models
from basis import Basis
from data_files import MODELGRADED_ARGUMENT, REMOTE, DataFiles, last_key, strings_in
from import_edges import ImportEdges
from import_statements import CLASS_REFERENCE
from imported_modules import ImportedModules
from not_found import NotFound
from problems import Problems, one_line, words
from reporting_registry import chain_of, open_registry
from source_files import Sources, distribution_named, revision_of
from wire import from_wire, to_wire

# User code that is imported may call sys.exit(); that is its failure, not our end.
IMPORT_ERRORS = (Exception, SystemExit)


# ---------------------------------------------------------------------------------------------------- arguments


class ArgumentError(Exception):
    pass


def read_arguments(request, problems):
    """Those of oaieval's arguments that change results, read by its own parser."""
    from evals.cli.oaieval import get_parser

    def fail(*said):
        raise ArgumentError(" ".join(str(text) for text in said if text) or "it prints help and runs nothing")

    parser = get_parser()
    parser.prog = "oaieval"
    parser.error = fail
    parser.exit = fail
    parser.print_help = lambda *_: None
    subject = " ".join(request["args"])
    try:
        parsed = parser.parse_args([request["model"], request["eval_set"], *request["args"]])
    except ArgumentError as error:
        problems.add("invalid-argument", subject, error)
        parsed = parser.parse_args(["dummy", "dummy"])

    moves = "its records would go elsewhere, so that no result could be kept"
    forbidden = {
        "record_path": (parsed.record_path is not None, "every eval of the set would overwrite the record of the last"),
        "registry_path": (parsed.registry_path is not None, "registries are named by the input registry-path"),
        "http-run": (parsed.http_run, moves),
        "no-local-run": (not parsed.local_run, moves),
        "dry-run": (parsed.dry_run, "nothing would be recorded"),
        "log_to_file": (parsed.log_to_file is not None, "the log would be hidden from this job"),
    }
    for name, (given, why) in forbidden.items():
        if given:
            problems.add("forbidden-argument", f"--{name}", why)

    if parsed.max_samples == 0:
        problems.add("no-samples", "--max_samples 0", "no eval would be given a sample, and there would be no result")

    def pairs(name):
        text = getattr(parsed, name) or ""
        # oaieval skips empty pairs in completion_args only.
        parts = [part for part in text.split(",") if part or name != "completion_args"] if text else []
        split = [part.split("=") for part in parts]
        wrong = [part for part, pair in zip(parts, split) if len(pair) != 2]
        if wrong:
            problems.add("invalid-argument", f"--{name}", f"'{wrong[0]}' is not of the form key=value")
        return {pair[0]: pair[1] for pair in split if len(pair) == 2}

    return {
        "max_samples": parsed.max_samples if parsed.max_samples is None else min(parsed.max_samples, 2**53 - 1),
        "seed": parsed.seed,
        "extra_eval_params": {key: to_number(value) for key, value in pairs("extra_eval_params").items()},
        "completion_args": pairs("completion_args"),
    }


def to_number(text):
    """As the function of the same name inside evals.cli.oaieval.run."""
    for number in (int, float):
        try:
            return number(text)
        except (ValueError, TypeError):
            pass
    return text


class Classes:
    """Eval and completion function classes, each module imported once, whether that worked or not."""

    def __init__(self, edges):
        self._edges = edges
        self._loaded = {}
        self._broken_modules = {}

    def load(self, reference):
        """Returns (class, None), or (None, why it cannot be imported)."""
        from evals.utils.misc import make_object

        if reference in self._loaded:
            return self._loaded[reference]
        module = reference.partition(":")[0]
        why = self._broken_modules.get(module)
        found = None
        if why is None:
            try:
                with self._edges.noted():
                    found = make_object(reference).func
            except IMPORT_ERRORS as error:
                why = f"class {reference} cannot be imported: {words(error)}"
                if module not in sys.modules:
                    self._broken_modules[module] = why
        self._loaded[reference] = (found, why)
        return self._loaded[reference]


class Code:
    """The code behind classes, each list of files once: thousands of evals may share one."""

    def __init__(self, imported):
        self._imported = imported
        self._numbers = {}
        self.lists = []

    def of(self, cls, reference, args, more=()):
        """The number of the list of what a class brings in, and what classes that its arguments name do."""
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


# ------------------------------------------------------------------------------------------ completion functions


class CompletionFns:
    """What each model name stands for, as far as it can be told without asking the API."""

    def __init__(self, registry, classes, sources, code, data_files, problems, todays_models):
        self._registry = registry
        self._classes = classes
        self._sources = sources
        self._code = code
        self._data_files = data_files
        self._problems = problems
        self._todays_models = todays_models

    def describe(self, name, completion_args):
        entry = self._entry(name, completion_args)
        references = {}
        self._follow(entry, references)
        references.pop(name, None)
        entry["references"] = list(references.values())
        entry["needs_api_key"] = entry["needs_api_key"] or any(
            reference["needs_api_key"] for reference in entry["references"]
        )
        return entry

    def _names(self):
        return {**self._registry._completion_fns, **getattr(self._registry, "_solvers", {})}

    def _entry(self, name, completion_args):
        from evals.registry import is_chat_model

        # The order of evals.registry.Registry.make_completion_fn, without its question to the API.
        if name == "dummy":
            return new_completion_fn(name, "dummy", False)
        if is_chat_model(name):
            return new_completion_fn(name, "openai-chat", True)
        names = self._names()
        if name not in names:
            entry = new_completion_fn(name, "api-model", True)
            entry["near"] = self._problems.near(name, names)
            if self._todays_models:
                entry["api"] = "completions" if todays_models.is_legacy_completion_model(name) else "chat"
            return entry
        entry = new_completion_fn(name, "registry", False)
        spec = self._registry.get_completion_fn(name)
        if spec is None:
            return entry  # Its alias or its shape is broken, which is on the list already.
        args = {**copy.deepcopy(spec.args or {}), **completion_args}
        raw = names.get(spec.key, {})
        self._fill(entry, name, spec.cls, args, raw.get("registry_path") if isinstance(raw, dict) else None)
        return entry

    def _fill(self, entry, name, reference, args, registry_path):
        entry["spec"] = {"cls": reference, "args": jsonable(args)}
        cls, why = self._classes.load(reference)
        if cls is None:
            self._problems.add("completion-fn-import", name, why)
            return
        entry["sources"], entry["packages"] = self._sources.of(cls)
        entry["code"] = self._code.of(cls, reference, args)
        entry["may_write"] = self._sources.is_own_class(cls)
        entry["data"], entry["remote"] = self._data_files.find(args, registry_path, name)
        entry["needs_api_key"] = is_openai(cls, args)

    def named_in(self, args, subject):
        """Completion functions and solvers of a registry that the arguments of an eval name: (descriptions, data)."""
        names, found, data, waiting = self._names(), {}, [], [args]
        while waiting:
            for argument, value in strings_in(waiting.pop()):
                if value in found or value not in names or MODELGRADED_ARGUMENT.search(argument):
                    continue
                raw = names.get(chain_of(value, names)[-1])
                if not isinstance(raw, dict) or not isinstance(raw.get("cls"), str):
                    continue
                args = raw.get("args") or {}
                found[value] = {"name": value, "spec": {"cls": raw["cls"], "args": jsonable(args)}}
                files, _ = self._data_files.find(args, raw.get("registry_path"), subject)
                data += [{**file, "name": f"{value}.{file['name']}"} for file in files]
                waiting.append(args)
        return list(found.values()), data

    def _follow(self, entry, found):
        """Adds the completion functions that the arguments name: by name, or by class (a nested solver)."""
        from evals.registry import is_chat_model, n_ctx_from_model_name

        if entry["name"] in found or entry["spec"] is None:
            found.setdefault(entry["name"], entry)
            return
        found[entry["name"]] = entry
        for argument, value in strings_in(entry["spec"]["args"]):
            key = last_key(argument)
            if CLASS_REFERENCE.fullmatch(value) and re.search(r"(^|_)class$", key):
                nested = new_completion_fn(value, "registry", False)
                if value not in found:
                    self._fill(nested, entry["name"], value, {}, None)
            elif value in self._names():
                nested = self._entry(value, {}) if value not in found else found[value]
            elif re.search(r"(completion_fn|solver)s?$", key) and value != "dummy":
                # Any other argument may well hold a model's name for an API that is not OpenAI's.
                if not is_chat_model(value) and n_ctx_from_model_name(value) is None:
                    continue
                nested = self._entry(value, {})
            else:
                continue
            if nested["name"] not in found:
                self._follow(nested, found)


def new_completion_fn(name, kind, needs_api_key):
    return {
        "name": name,
        "kind": kind,
        "api": None,
        "needs_api_key": needs_api_key,
        "spec": None,
        "sources": [],
        "packages": [],
        "code": None,
        "may_write": False,
        "data": [],
        "remote": [],
        "references": [],
        "near": [],
    }


OPENAI_MODULES = ("evals.completion_fns.openai", "evals.solvers.providers.openai")


def is_openai(cls, args):
    """Whether the class asks OpenAI's API. One derived elsewhere does, unless it is told of another API or key;
    evals' own derived ones (Together) have a key of their own."""

    def openai(module):
        return module.startswith(OPENAI_MODULES)

    if openai(getattr(cls, "__module__", "") or ""):
        return True
    if not inspect.isclass(cls) or cls.__module__.startswith("evals."):
        return False
    derived = any(openai(base.__module__) for base in inspect.getmro(cls))
    names = {name.rpartition(".")[2] for name, _ in strings_in(args)}
    return derived and not names & {"api_key", "api_base", "base_url"}


# -------------------------------------------------------------------------------------------------------- evals


class EvalsOfSet:
    def __init__(self, registry, classes, sources, code, completion_fns, data_files, arguments, problems):
        self._registry = registry
        self._classes = classes
        self._sources = sources
        self._code = code
        self._completion_fns = completion_fns
        self._data_files = data_files
        self._arguments = arguments
        self._problems = problems
        self._not_found = NotFound(registry, problems)

    def select(self, name):
        """The specs of the set, in the order and with the repetitions left out of evals.cli.oaievalset.run."""
        if name not in self._registry._eval_sets:
            self._not_found.eval_set(name)
            return []
        eval_set = self._registry.get_eval_set(name)
        if eval_set is None:
            return []
        if not eval_set.evals:
            self._problems.add("empty-set", name, "the eval set lists no evals")
            return []
        # What evals' get_evals finds with all patterns together, which compares each with each name: too long for many.
        listed = set()
        for pattern in eval_set.evals:
            try:
                names = self._registry.names_matching(pattern)
            except re.error as error:
                self._not_found.invalid_pattern(pattern, error)
                continue
            if not names:
                self._not_found.eval_of_set(pattern, name)
            listed.update(names)
        specs = {}
        for spec in (self._registry.get_eval(key) for key in self._registry._evals if key in listed):
            if spec is not None and spec.key:
                specs.setdefault(spec.key, spec)
        return list(specs.values())

    def describe(self, spec):
        key = spec.key
        if "." not in key or one_line(key) != key:
            why = "an eval's name needs a split behind a dot, as in my-eval.dev.v0, and no control characters"
            self._problems.add("bad-eval-name", key, why)
        if not is_text(str(spec.group)):
            why = "the name of its registry file is not UTF-8, and evals cannot write it into a record; rename the file"
            self._problems.add("bad-registry", key, why)
        args = {**copy.deepcopy(spec.args or {}), **self._arguments["extra_eval_params"]}
        cls, why = self._classes.load(spec.cls)
        solvers, solver_data = self._completion_fns.named_in(args, key)
        sources, packages, code, may_write = [], [], None, False
        if cls is None:
            self._problems.add("class-import", key, why)
        else:
            sources, packages = self._sources.of(cls)
            code = self._code.of(cls, spec.cls, [args, solvers], [solver["spec"]["cls"] for solver in solvers])
            may_write = self._sources.is_own_class(cls)
        named = {**default_jsonl_arguments(cls), **args}
        own_registry_only = own_registry_arguments(cls)
        data, remote = self._data_files.find(
            named, spec.registry_path, key, own_registry_only, unread_arguments(cls, args), may_write
        )
        base = key.partition(".")[0]
        return {
            "key": key,
            "base": base,
            "spec": {"cls": spec.cls, "args": jsonable(args)},
            **self._base_eval(base),
            "modelgraded": self._modelgraded(key, args),
            "sources": sources,
            "packages": packages,
            "code": code,
            "solvers": solvers,
            "solver_data": solver_data,
            "may_write": may_write,
            "data": data,
            "remote": remote,
            "samples": self._samples(key, named, spec.registry_path, own_registry_only, may_write),
        }

    def _base_eval(self, name):
        try:
            base = self._registry.get_base_eval(name)
            return {"metrics": list(base.metrics or []), "higher_is_better": bool(base.higher_is_better)}
        except Exception:  # Absent or odd: oaieval does not look at it, so neither is a problem.
            return {"metrics": [], "higher_is_better": True}

    def _modelgraded(self, key, args):
        specs = {}
        for argument, name in strings_in(args):
            if not MODELGRADED_ARGUMENT.search(argument):
                continue
            known = self._registry._modelgraded_specs
            if name not in known:
                self._not_found.modelgraded(name, key)
                continue
            spec = self._registry.get_modelgraded_spec(name)
            if spec is not None:
                fields = {field: value for field, value in vars(spec).items() if not field.startswith("_")}
                fields.pop("group", None)
                fields.pop("registry_path", None)
                specs[name] = {"name": name, "spec": jsonable(fields)}
        return list(specs.values())

    def _samples(self, key, args, registry_path, own_registry_only, may_write):
        """Lines of samples_jsonl, cut as evals.eval._index_samples does. A class may choose among them."""
        value = args.get("samples_jsonl")
        if not isinstance(value, str) or REMOTE.fullmatch(value):
            return None
        path = self._data_files.samples_of(value, registry_path, own_registry_only)
        count = None if path is None else self._data_files.count_samples(path, key)
        if count is None:
            return None
        samples = len(range(count)[: self._arguments["max_samples"]])
        # A class of the user's own that looks for samples in its own way may not need this file.
        if samples == 0 and self._arguments["max_samples"] != 0 and (own_registry_only or not may_write):
            if count > 0:
                why = f"--max_samples {self._arguments['max_samples']} leaves none of {count} samples"
            elif os.path.isdir(path):
                why = f"samples_jsonl: {value or 'the data directory'} is a directory in which no file named *.jsonl has a sample"
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


def default_jsonl_arguments(cls):
    """Data files that a class names itself, as defaults of its constructor."""
    return {
        name: default
        for name, default in constructor_defaults(cls).items()
        if name.endswith("_jsonl") and isinstance(default, str)
    }


def unread_arguments(cls, args):
    """evals.elsuite.basic.match and translate open few_shot_jsonl only when shots are asked for."""
    defaults = constructor_defaults(cls)
    shots = args.get("num_few_shot", defaults.get("num_few_shot"))
    return {"few_shot_jsonl"} if "num_few_shot" in defaults and not shots else set()


def own_registry_arguments(cls):
    """Eval.get_samples looks below the registry of the spec only, so data of evals' own registry is out of reach of
    an eval in another one."""
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


# -------------------------------------------------------------------------------------------------------- output


def jsonable(value):
    """YAML has more types than JSON. Each value keeps a form of its own, so that a change stays visible."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if abs(value) <= 2**53 - 1 else {"$int": str(value)}
    if isinstance(value, float):
        return value if math.isfinite(value) else {"$float": str(value)}
    if isinstance(value, dict):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return {"$set": sorted((jsonable(item) for item in value), key=json.dumps)}
    if isinstance(value, (datetime.date, datetime.time)):
        return {"$date": value.isoformat()}
    if isinstance(value, bytes):
        return {"$bytes": value.hex()}
    return {"$" + type(value).__name__: str(value)}


def evals_version():
    try:
        return importlib.metadata.version("evals")
    except importlib.metadata.PackageNotFoundError:
        return ""


def make_plan(request, problems):
    import evals.cli.oaieval  # Without it there is no plan at all: left to end this process.

    plan = {
        "version": 1,
        "python_version": ".".join(map(str, sys.version_info[:3])),
        "evals_version": evals_version(),
        "evals_revision": revision_of(distribution_named("evals")),
        "evals_location": to_wire(os.path.dirname(os.path.abspath(evals.__file__))),
        "registry_paths": [],
        "arguments": {"max_samples": None, "seed": 0, "extra_eval_params": {}, "completion_args": {}},
        "completion_fns": [],
        "evals": [],
        "code": [],
        "problems": problems.found,
        "warnings": problems.warnings,
        "basis": {"files": [], "directories": [], "absent": []},
    }
    registry = open_registry([from_wire(path) for path in request["registry_paths"]], problems)
    try:
        fill_plan(plan, request, registry, problems)
    except IMPORT_ERRORS as error:
        problems.unexpected(request["eval_set"], error)
    return plan, registry


def fill_plan(plan, request, registry, problems):
    arguments = read_arguments(request, problems)
    plan["arguments"] = jsonable(arguments)
    plan["registry_paths"] = [to_wire(os.path.abspath(path)) for path in registry._registry_paths]
    basis = Basis()
    basis.search_path()
    for path in registry._registry_paths:
        basis.registry(path)
    edges = ImportEdges()
    classes, sources, data_files = Classes(edges), Sources(), DataFiles(problems, basis)
    imported = ImportedModules(sources, edges)
    code = Code(imported)
    plan["code"] = code.lists

    models = request["model"].split(",")
    completion_fns = CompletionFns(registry, classes, sources, code, data_files, problems, request["todays_models"])
    for name in models:
        if not name:
            problems.add("empty-model-name", request["model"], "the list of models holds an empty name")
            continue
        try:
            plan["completion_fns"].append(completion_fns.describe(name, arguments["completion_args"]))
        except IMPORT_ERRORS as error:
            problems.unexpected(name, error)

    evals_of_set = EvalsOfSet(registry, classes, sources, code, completion_fns, data_files, arguments, problems)
    for spec in evals_of_set.select(request["eval_set"]):
        try:
            plan["evals"].append(evals_of_set.describe(spec))
        except IMPORT_ERRORS as error:
            problems.unexpected(spec.key, error)
    # evals looks names up that it does not know as models.
    known = all(entry["kind"] in ("dummy", "openai-chat") for entry in plan["completion_fns"])
    unread_kinds = ("completion_fns", "solvers") if known else ()
    registry.settle(
        [*models, *names_of(plan["completion_fns"])], unread_kinds, request.get("shares_registry", False)
    )
    # What is imported may have changed sys.path.
    basis.search_path()
    basis.modules(sources, imported)
    plan["basis"] = basis.described()


def names_of(completion_fns):
    return [reference["name"] for entry in completion_fns for reference in entry["references"]]


def see_modules_as_oaieval_does():
    """oaieval is a console script: it imports from the directory of scripts and from PYTHONPATH, not from the working
    directory, and certainly not from the directory of this file. What is ours must not be found by, or hide, the user's."""
    own = os.path.dirname(os.path.realpath(__file__))
    if sys.path and os.path.realpath(sys.path[0]) == own:
        sys.path[0] = os.path.dirname(sys.executable)
    for name, module in list(sys.modules.items()):
        path = getattr(module, "__file__", None)
        if name != "__main__" and isinstance(path, str) and os.path.dirname(os.path.realpath(path)) == own:
            del sys.modules[name]


def answer(request_path, output_path):
    """Writes the answer to the request, whole or not at all. Returns the registry it was read from."""
    with open(request_path, encoding="utf-8") as file:
        request = json.load(file)
    # evals builds a client at import, which needs a key, though no request is sent.
    if not os.environ.get("OPENAI_API_KEY"):
        os.environ["OPENAI_API_KEY"] = "not-needed-to-plan"
    plan, registry = make_plan(request, Problems())
    partial = output_path + ".partial"
    with open(partial, "w", encoding="utf-8") as file:
        json.dump(plan, file, allow_nan=False)
    os.replace(partial, output_path)
    return registry


def main():
    parser = argparse.ArgumentParser(description="What an eval set means today, as JSON.")
    parser.add_argument("--request", required=True)
    parser.add_argument("--output", required=True)
    options = parser.parse_args()

    os.dup2(2, 1)
    see_modules_as_oaieval_does()
    answer(options.request, options.output)
    sys.stdout.flush()
    sys.stderr.flush()
    # Imported modules may have left threads behind, which would keep this process alive.
    os._exit(0)


if __name__ == "__main__":
    main()
