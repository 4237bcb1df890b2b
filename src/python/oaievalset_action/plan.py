"""Describes what an eval set means today, as evals' own Registry reads it.

    plan --request request.json --output plan.json

request.json: {"model", "judge_model": empty for none, "eval_set", "include": [globs], "exclude": [globs],
               "args": [oaieval arguments], "registry_paths": [...], "chat_fallback": bool,
               "shares_registry": whether evals run with the registry that is read here,
               "finds_missing_imports": whether packages can be installed for imports that this Python does not have}
plan.json:    {"version": 1, "problems": [...], ...}; src/plan/registry-plan.ts reads it and holds its schema.

Everything that would make the set fail, or silently run something other than its author meant, becomes a problem. All
problems are listed at once, so that the user can fix them together. No request is sent.

Imports of eval classes may print. Therefore the plan is written to a file, and everything printed goes to stderr.
"""
import argparse
import importlib.metadata
import json
import os
import sys

from .arguments import NO_ARGUMENTS
from .classes import IMPORT_ERRORS
from .dependencies import Dependencies
from .missing_imports import ANY
from .problems import Problems
from .registry import open_registry
from .set_plan import SetPlan
from .sources import distribution_named, revision_of
from .wire import from_wire, to_wire


def write_plan(request_path, output_path):
    """Writes the plan whole or not at all. Returns the registry it was read from."""
    with open(request_path, encoding="utf-8") as file:
        request = json.load(file)
    # evals makes an API client when it is imported, which needs a key although no request is sent.
    if not os.environ.get("OPENAI_API_KEY"):
        os.environ["OPENAI_API_KEY"] = "not-needed-to-plan"
    plan, registry = make_plan(request, Problems())
    partial = output_path + ".partial"
    with open(partial, "w", encoding="utf-8") as file:
        json.dump(plan, file, allow_nan=False)
    os.replace(partial, output_path)
    return registry


def make_plan(request, problems):
    import evals.cli.oaieval  # If this fails, there is no plan, and this process ends with the error.

    plan = {
        "version": 1,
        "python_version": ".".join(map(str, sys.version_info[:3])),
        "evals_version": evals_version(),
        "evals_revision": revision_of(distribution_named("evals")),
        "evals_location": to_wire(os.path.dirname(os.path.abspath(evals.__file__))),
        "registry_paths": [],
        "arguments": NO_ARGUMENTS,
        "completion_fns": [],
        "judge": None,
        "evals": [],
        "left_out": [],
        "code": [],
        # If the plan cannot be finished, anything may be missing.
        "missing_imports": [ANY] if request.get("finds_missing_imports") else [],
        "problems": problems.found,
        "warnings": problems.warnings,
        "dependencies": Dependencies().described(),
    }
    registry = open_registry([from_wire(path) for path in request["registry_paths"]], problems)
    try:
        SetPlan(plan, request, registry, problems).fill()
    except IMPORT_ERRORS as error:
        problems.unexpected(request["eval_set"], error)
    return plan, registry


def evals_version():
    try:
        return importlib.metadata.version("evals")
    except importlib.metadata.PackageNotFoundError:
        return ""


def main(arguments):
    parser = argparse.ArgumentParser(prog="plan", description="Describes what an eval set means today, as JSON.")
    parser.add_argument("--request", required=True)
    parser.add_argument("--output", required=True)
    options = parser.parse_args(arguments)

    os.dup2(2, 1)
    write_plan(options.request, options.output)
    sys.stdout.flush()
    sys.stderr.flush()
    # Imported modules may have left threads behind, which would keep this process alive.
    os._exit(0)
