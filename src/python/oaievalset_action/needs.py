"""What the classes that come with evals need of a sample, and of their arguments.

Each rule repeats what a class does with a sample: test/integration/plan/needs.test.ts compares it with the class itself. A
rule applies to a class only if the class runs exactly that code. What a class of the user's needs is not known.
"""
import inspect
import json
import sys

from .model_graded_needs import model_graded
from .sample_need import Need, is_chat, kind_of, missing_field

# What makes a class read and evaluate its samples.
METHODS = ("__init__", "run", "eval_sample", "get_samples", "eval_all_samples", "_get_samples_path", "_prefix_registry_path")

CHAT, COMPLETIONS = "chat", "completions"


def need_of(cls, args, api, modelgraded):
    """(need, problems with the arguments) of an eval; the need is None when nothing is known of it.

    `api`: which of OpenAI's APIs its completion function sends the input to, or None. `modelgraded`: the spec that it names.
    """
    # Most rules repeat assertions, which python -O leaves out.
    rule = None if sys.flags.optimize else RULES.get(original_of(cls))
    if rule is None:
        return None, []
    try:
        return rule(args, api, modelgraded)
    except (TypeError, AttributeError, ValueError):
        return None, []  # An argument has a type that no rule is for. A rule that fails must not refuse the eval.


def original_of(cls):
    """The name of the class in RULES whose code this class runs, or None."""
    for each in getattr(cls, "__mro__", ()):
        name = f"{each.__module__}:{each.__qualname__}"
        if name in RULES:
            same = all(static(cls, method) is static(each, method) for method in (*METHODS, "completion_fn"))
            return name if same else None
    return None


def few_shot_need(cls, args):
    """(need, number) of the examples that a class reads from few_shot_jsonl; (None, 0) when it reads none."""
    shots, file = args.get("num_few_shot", 0), args.get("few_shot_jsonl")
    reads = original_of(cls) in ("evals.elsuite.basic.match:Match", "evals.elsuite.translate:Translate")
    if not reads or not isinstance(shots, int) or shots <= 0 or not isinstance(file, str):
        return None, 0
    return Need(example, ("few-shot",)), shots


def example(sample):
    if not isinstance(sample, dict) or "sample" not in sample:
        return 'the example must be an object with the messages in "sample"'
    if isinstance(sample["sample"], (str, list, dict)):
        return None
    return f'"sample" is {kind_of(sample["sample"])}, but must be a list of messages'


def static(cls, name):
    return inspect.getattr_static(cls, name, None)


def match(args, api, _):
    shots = has_few_shots(args)

    def refusal(sample):
        return missing_field(sample, "input", "ideal") or match_ideal(sample["ideal"]) or prompt(sample["input"], api, shots)

    return Need(refusal, ("match", api, shots)), few_shot_problems(args)


def match_ideal(ideal):
    if isinstance(ideal, str) or ideal == []:
        return None
    if not isinstance(ideal, list):
        return f'"ideal" is {kind_of(ideal)}, but must be a text or a list of texts'
    # An answer can match before the others are reached.
    return None if isinstance(ideal[0], str) else list_of_texts("ideal", ideal)


def includes(args, api, _):
    def refusal(sample):
        return missing_field(sample, "input", "ideal") or texts("ideal", sample["ideal"]) or prompt(sample["input"], api)

    return Need(refusal, ("includes", api)), []


def fuzzy_match(args, api, _):
    def refusal(sample):
        why = missing_field(sample, "input", "ideal") or texts("ideal", sample["ideal"])
        if why is None and sample["ideal"] == []:
            why = '"ideal" is an empty list, but must have a text'
        return why or prompt(sample["input"], api)

    return Need(refusal, ("fuzzy", api)), []


def json_match(args, api, _):
    def refusal(sample):
        why = missing_field(sample, "input", "ideal") or texts("ideal", sample["ideal"])
        return why or json_texts(sample["ideal"]) or prompt(sample["input"], api)

    return Need(refusal, ("json", api)), []


def json_validator(args, api, _):
    def refusal(sample):
        return missing_field(sample, "input") or prompt(sample["input"], api)

    return Need(refusal, ("validator", api)), []


def translate(args, api, _):
    shots = has_few_shots(args)

    def refusal(sample):
        why = missing_field(sample, "input", "ideal") or texts("ideal", sample["ideal"], nothing=True)
        if why is None and sample["ideal"] == []:
            why = '"ideal" is an empty list, but must have a text'
        return why or prompt(sample["input"], api, shots)

    return Need(refusal, ("translate", api, shots)), few_shot_problems(args)


def match_with_solvers(args, api, _):
    def refusal(sample):
        why = missing_field(sample, "input", "ideal") or solver_ideal(sample["ideal"])
        return why or solver_messages(sample["input"])

    # n_samples chooses among the samples after they have been shuffled.
    need = None if args.get("n_samples") is not None else Need(refusal, ("solvers",), reorders=True)
    description = args.get("task_description")
    return need, ["the argument task_description is empty"] if description == "" else []


def multiple_choice(args, api, _):
    """The samples are a data set of Hugging Face."""
    known = ("hf://hellaswag", "hf://hendrycks_test")
    dataset = args.get("dataset")
    if not isinstance(dataset, str) or dataset.partition("?")[0] in known:
        return None, []
    return None, [f"the argument dataset is {dataset}, but must begin with {known[0]} or {known[1]}"]


RULES = {
    "evals.elsuite.basic.match:Match": match,
    "evals.elsuite.basic.includes:Includes": includes,
    "evals.elsuite.basic.fuzzy_match:FuzzyMatch": fuzzy_match,
    "evals.elsuite.basic.json_match:JsonMatch": json_match,
    "evals.elsuite.basic.json_validator:JsonValidator": json_validator,
    "evals.elsuite.basic.match_with_solvers:MatchWithSolvers": match_with_solvers,
    "evals.elsuite.translate:Translate": translate,
    "evals.elsuite.multiple_choice:MultipleChoice": multiple_choice,
    "evals.elsuite.modelgraded.classify:ModelBasedClassify": model_graded,
}


def prompt(value, api, shots=False):
    """What keeps a completion function of OpenAI's API from sending the input."""
    if shots and not is_chat(value):
        return f'"input" is {kind_of(value)}, but must be a list of messages, because the argument num_few_shot is set'
    if api is None or isinstance(value, str) or is_chat(value):
        return None
    if api == COMPLETIONS and isinstance(value, list):
        if all(isinstance(each, str) for each in value) or all(isinstance(each, int) for each in value):
            return None
    return f'"input" is {kind_of(value)}, but must be a text or a list of messages'


def texts(field, value, nothing=False):
    """Whether a field has something else than a text or a list of texts. `nothing`: null counts as a text."""
    if isinstance(value, str) or nothing and value is None:
        return None
    if isinstance(value, list):
        return None if all(isinstance(each, str) or nothing and each is None for each in value) else list_of_texts(field, value)
    return f'"{field}" is {kind_of(value)}, but must be a text or a list of texts'


def list_of_texts(field, value):
    other = next(each for each in value if not isinstance(each, str))
    return f'"{field}" is a list that has {kind_of(other)} in it, but must be a text or a list of texts'


def json_texts(ideal):
    for each in ideal if isinstance(ideal, list) else [ideal]:
        try:
            json.loads(each)
        except ValueError:
            return '"ideal" is a text that is not JSON, but the class compares JSON values'
    return None


def solver_ideal(ideal):
    if isinstance(ideal, str):
        return None
    if not isinstance(ideal, list):
        return f'"ideal" is {kind_of(ideal)}, but must be a text or a list of texts'
    if not ideal:
        return '"ideal" is an empty list, but must have a text'
    return None if isinstance(ideal[0], str) else list_of_texts("ideal", ideal)


def solver_messages(value):
    must = "but must be a list of messages with a role and a content, and nothing else"
    if not isinstance(value, list):
        # A text or an object without anything in it has no message either.
        return f'"input" is {kind_of(value)}, {must}' if value != "" and value != {} else None
    for message in value:
        if not isinstance(message, dict):
            return f'"input" is a list that has {kind_of(message)} in it, {must}'
        if message.keys() != {"role", "content"}:
            names = ", ".join(message) or "nothing"
            return f'"input" has a message with {names}, {must}'
    return None


def has_few_shots(args):
    shots = args.get("num_few_shot", 0)
    return isinstance(shots, (int, float)) and shots > 0


def few_shot_problems(args):
    shots = args.get("num_few_shot", 0)
    if not isinstance(shots, (int, float)):
        return [f"the argument num_few_shot is {kind_of(shots)}, but must be a number"]
    if shots > 0 and args.get("few_shot_jsonl") is None:
        return [f"the argument num_few_shot is {shots}, but the argument few_shot_jsonl is missing"]
    return []
