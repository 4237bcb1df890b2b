"""Plans each eval and each eval set that evals registers, as the action does, with the packages of this Python.

    plan_all.py <directory of oaievalset_action> <file for the result>

Writes {"evals": number of evals, "planned": how many of them can run, "sets": {name: whether it can run}, "reasons": {why: count}}.
"""
import collections
import json
import os
import re
import sys
import tempfile

sys.path.insert(0, sys.argv[1])
os.environ.setdefault("OPENAI_API_KEY", "not-needed-to-plan")

from evals.registry import Registry  # noqa: E402
from oaievalset_action.plan import make_plan  # noqa: E402
from oaievalset_action.problems import Problems  # noqa: E402

ALL = "all-registered-evals"


def problems_of(eval_set, registry_path):
    problems = Problems()
    request = {
        "model": "gpt-3.5-turbo",
        "judge_model": "",
        "eval_set": eval_set,
        "args": [],
        "registry_paths": [registry_path],
        "chat_fallback": True,
    }
    make_plan(request, problems)
    errors = [problem["message"] for problem in problems.found if problem["code"] == "planner-error"]
    if errors:
        sys.exit(f"{eval_set} could not be planned: {errors[0]}")
    return problems.found


def short(message):
    """`No module named 'torch'`, without the class that needs it."""
    message = re.sub(r"\x1b\[\d*m", "", message)
    for pattern in (r"No module named '[^'.]+", r"Resource '?\w+'? not found", r"there is no file"):
        found = re.search(pattern, message)
        if found:
            return found[0].replace("'", "")
    return message.splitlines()[0]


def main():
    registry = Registry()
    # An entry with an ID is another name of an eval.
    evals = sorted(name for name, entry in registry._evals.items() if "id" not in entry)
    with tempfile.TemporaryDirectory() as directory:
        os.mkdir(os.path.join(directory, "eval_sets"))
        with open(os.path.join(directory, "eval_sets", "all.yaml"), "w", encoding="utf-8") as file:
            json.dump({ALL: {"evals": evals}}, file)
        problems = {problem["subject"]: short(problem["message"]) for problem in problems_of(ALL, directory)}
        sets = {name: not problems_of(name, directory) for name in sorted(registry._eval_sets)}
    result = {
        "evals": len(evals),
        "planned": len(evals) - len(problems),
        "sets": sets,
        "reasons": dict(collections.Counter(problems.values()).most_common()),
    }
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump(result, file)
    # Imported modules may have started threads.
    os._exit(0)


main()
