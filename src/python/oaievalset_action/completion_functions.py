"""What each model name stands for, as far as that is known without a request to the API."""
import copy
import inspect
import re

from . import chat_fallback
from .data_files import MODELGRADED_ARGUMENT, last_key, strings_in
from .import_statements import CLASS_REFERENCE
from .misspelt_models import report_misspelling
from .output import jsonable
from .registry import chain_of

OPENAI_MODULES = ("evals.completion_fns.openai", "evals.solvers.providers.openai")


class CompletionFunctions:
    def __init__(self, registry, code, data_files, class_arguments, problems, uses_chat_fallback):
        self._registry = registry
        self._code = code
        self._data_files = data_files
        self._class_arguments = class_arguments
        self._problems = problems
        self._uses_chat_fallback = uses_chat_fallback

    def describe(self, name, completion_args):
        entry = self._entry(name, completion_args)
        self._check_arguments(entry, completion_args)
        references = {}
        self._follow(entry, references)
        references.pop(name, None)
        entry["references"] = list(references.values())
        entry["needs_api_key"] = entry["needs_api_key"] or any(
            reference["needs_api_key"] for reference in entry["references"]
        )
        return entry

    def named_in(self, args, subject):
        """The completion functions and solvers of a registry that the arguments of an eval name: (descriptions, data)."""
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

    def _names(self):
        return {**self._registry._completion_fns, **getattr(self._registry, "_solvers", {})}

    def _entry(self, name, completion_args):
        from evals.registry import is_chat_model

        # The order of evals.registry.Registry.make_completion_fn, without its request to the API.
        if name == "dummy":
            return new_entry(name, "dummy", False)
        if is_chat_model(name):
            return new_entry(name, "openai-chat", True)
        names = self._names()
        if name not in names:
            return self._unregistered(name, names)
        entry = new_entry(name, "registry", False)
        spec = self._registry.get_completion_fn(name)
        if spec is None:
            return entry  # Its alias or its form is invalid, which has been reported.
        args = {**copy.deepcopy(spec.args or {}), **completion_args}
        raw = names.get(spec.key, {})
        self._fill(entry, name, spec.cls, args, raw.get("registry_path") if isinstance(raw, dict) else None)
        return entry

    def _unregistered(self, name, names):
        entry = new_entry(name, "api-model", True)
        entry["near"] = self._problems.near(name, names)
        report_misspelling(name, names, entry["near"], self._problems)
        if self._uses_chat_fallback:
            entry["api"] = "completions" if chat_fallback.is_legacy_completion_model(name) else "chat"
        return entry

    def _fill(self, entry, name, reference, args, registry_path):
        entry["spec"] = {"cls": reference, "args": jsonable(args)}
        cls, why = self._code.classes.load(reference)
        if cls is None:
            self._problems.add(why.code, name, why.message, why.near)
            return
        entry.update(self._code.of_class(cls, reference, args))
        entry["data"], entry["remote"] = self._data_files.find(args, registry_path, name)
        entry["needs_api_key"] = uses_openai(cls, args)

    def _check_arguments(self, entry, completion_args):
        from evals.completion_fns.openai import OpenAIChatCompletionFn

        if entry["spec"]:
            reference = entry["spec"]["cls"]
            cls, _ = self._code.classes.load(reference)
            if cls is not None:
                self._class_arguments.check_function(entry["name"], reference, cls, entry["spec"]["args"])
        elif entry["kind"] == "openai-chat" or entry["api"] == "chat":
            self._class_arguments.check_model(entry["name"], OpenAIChatCompletionFn, completion_args)

    def _follow(self, entry, found):
        """Adds the completion functions that the arguments name: by name, or by class (a nested solver)."""
        if entry["name"] in found or entry["spec"] is None:
            found.setdefault(entry["name"], entry)
            return
        found[entry["name"]] = entry
        for argument, value in strings_in(entry["spec"]["args"]):
            nested = self._nested(entry["name"], last_key(argument), value, found)
            if nested is not None and nested["name"] not in found:
                self._follow(nested, found)

    def _nested(self, owner, key, value, found):
        """The completion function that an argument names, or None."""
        from evals.registry import is_chat_model, n_ctx_from_model_name

        if CLASS_REFERENCE.fullmatch(value) and re.search(r"(^|_)class$", key):
            nested = new_entry(value, "registry", False)
            if value not in found:
                self._fill(nested, owner, value, {}, None)
            return nested
        if value in self._names():
            return found[value] if value in found else self._entry(value, {})
        if re.search(r"(completion_fn|solver)s?$", key) and value != "dummy":
            # An unknown name may belong to a model of another API.
            known = is_chat_model(value) or n_ctx_from_model_name(value) is not None
            return self._entry(value, {}) if known else None
        return None


def new_entry(name, kind, needs_api_key):
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


def api_of(entries):
    """Which of OpenAI's APIs the input of a sample is sent to. None when there is another completion function, or several."""
    if len(entries) != 1:
        return None
    return {"openai-chat": "chat", "api-model": entries[0]["api"] or "completions"}.get(entries[0]["kind"])


def asks_models(entries):
    """Whether each completion function sends a prompt to a model as it is. Those of a registry do what they like with it."""
    return all(entry["kind"] != "registry" for entry in entries)


def names_of(entries):
    return [reference["name"] for entry in entries for reference in entry["references"]]


def uses_openai(cls, args):
    """Whether the class sends requests to OpenAI's API. A derived class of the user's does, unless its arguments name
    another API or key. evals' own derived classes (Together) have a key of their own."""

    def is_openai(module):
        return module.startswith(OPENAI_MODULES)

    if is_openai(getattr(cls, "__module__", "") or ""):
        return True
    if not inspect.isclass(cls) or cls.__module__.startswith("evals."):
        return False
    derived = any(is_openai(base.__module__) for base in inspect.getmro(cls))
    names = {name.rpartition(".")[2] for name, _ in strings_in(args)}
    return derived and not names & {"api_key", "api_base", "base_url"}
