"""Fills the plan of one eval set, chapter by chapter."""
import os

from .arguments import read_arguments
from .class_arguments import ClassArguments
from .class_code import ClassCode
from .classes import IMPORT_ERRORS
from .completion_functions import CompletionFunctions, api_of, asks_models, names_of
from .data_files import DataFiles
from .dependencies import Dependencies
from .eval_checks import EvalChecks
from .eval_samples import EvalSamples
from .evals_of_set import EvalsOfSet
from .globs import Globs
from .judge import Judge
from .output import jsonable
from .samples import Samples
from .selection import Selection
from .wire import to_wire


class SetPlan:
    def __init__(self, plan, request, registry, problems):
        self._plan = plan
        self._request = request
        self._registry = registry
        self._problems = problems
        self._models = request["model"].split(",")
        self._arguments = read_arguments(request, problems)
        self._dependencies = Dependencies()
        self._code = ClassCode()
        self._data_files = DataFiles(problems, self._dependencies)
        self._class_arguments = ClassArguments(problems, request["chat_fallback"])
        self._completion_functions = CompletionFunctions(
            registry, self._code, self._data_files, self._class_arguments, problems, request["chat_fallback"]
        )

    def fill(self):
        self._fill_request()
        self._note_registry()
        self._describe_completion_functions()
        self._describe_evals()
        self._describe_judge()
        self._report_defects()
        self._registry.given_paths.warn()
        self._find_missing_imports()
        self._note_code()

    def _fill_request(self):
        self._plan["arguments"] = jsonable(self._arguments)
        self._plan["registry_paths"] = [to_wire(os.path.abspath(path)) for path in self._registry._registry_paths]
        self._plan["code"] = self._code.lists

    def _note_registry(self):
        self._dependencies.search_path()
        for path in self._registry._registry_paths:
            self._dependencies.registry(path)

    def _describe_completion_functions(self):
        for name in self._models:
            if not name:
                self._problems.add("empty-model-name", self._request["model"], "the list of models contains an empty name")
                continue
            try:
                self._plan["completion_fns"].append(self._completion_function(name))
            except IMPORT_ERRORS as error:
                self._problems.unexpected(name, error)

    def _describe_evals(self):
        evals_of_set = self._evals_of_set()
        globs = Globs(self._request.get("include", ()), self._request.get("exclude", ()))
        selection = Selection(self._registry, globs, self._problems)
        for spec in selection.specs(self._request["eval_set"]):
            with self._problems.of_eval(selection.excluding(spec.key)):
                try:
                    self._plan["evals"].append(evals_of_set.describe(spec))
                except IMPORT_ERRORS as error:
                    self._problems.unexpected(spec.key, error)
        self._plan["left_out"] = selection.left_out
        self._problems.limit_excludes(selection.chosen_count)

    def _evals_of_set(self):
        samples = EvalSamples(
            self._data_files,
            Samples(self._problems, self._dependencies),
            self._arguments["max_samples"],
            api_of(self._plan["completion_fns"]),
            asks_models(self._plan["completion_fns"]),
            self._problems,
        )
        judge = Judge(self._models, self._request["judge_model"], self._problems)
        checks = EvalChecks(judge, self._class_arguments, samples)
        extra_eval_params = self._arguments["extra_eval_params"]
        return EvalsOfSet(
            self._registry, self._code, self._completion_functions, self._data_files, checks, extra_eval_params, self._problems
        )

    def _describe_judge(self):
        name = self._request["judge_model"]
        if name and any(described["model_graded"] for described in self._plan["evals"]):
            self._plan["judge"] = self._completion_function(name)

    def _completion_function(self, name):
        return self._completion_functions.describe(name, self._arguments["completion_args"])

    def _report_defects(self):
        # evals looks a model name up in the registry unless it knows the name.
        judge = self._plan["judge"]
        entries = [*self._plan["completion_fns"], *([judge] if judge else [])]
        known = all(entry["kind"] in ("dummy", "openai-chat") for entry in entries)
        unread_kinds = ("completion_fns", "solvers") if known else ()
        names = [*self._models, *(entry["name"] for entry in entries), *names_of(entries)]
        self._registry.report_defects(names, unread_kinds, self._request.get("shares_registry", False))

    def _find_missing_imports(self):
        if self._request.get("finds_missing_imports"):
            self._plan["missing_imports"] = self._code.missing_imports()

    def _note_code(self):
        # Modules that were imported may have changed sys.path.
        self._dependencies.search_path()
        self._dependencies.modules(self._code.sources, self._code.imported)
        self._plan["dependencies"] = self._dependencies.described()
