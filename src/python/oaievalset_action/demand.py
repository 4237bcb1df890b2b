"""How many requests an eval sends, and how long their prompts are, for an estimate of what it costs.

Each measure repeats how a class makes its prompts from a sample; the sizes are added up while the samples are read anyway. Like a
rule of `needs`, it applies to a class only if the class runs exactly that code. Of all other classes nothing is said here.
"""
import string
import sys

from .needs import original_of
from .sample_need import is_chat
from .samples import indices

MATCH, TRANSLATE = "evals.elsuite.basic.match:Match", "evals.elsuite.translate:Translate"
SOLVERS = "evals.elsuite.basic.match_with_solvers:MatchWithSolvers"
CLASSIFY = "evals.elsuite.modelgraded.classify:ModelBasedClassify"
TEST_MATCH = "evals.elsuite.test.match:TestMatch"

# By class: the kind of its answers, and the limit of tokens that it sends, if it sends one.
ANSWERS = {
    MATCH: ("short", None),
    "evals.elsuite.basic.includes:Includes": ("short", None),
    "evals.elsuite.basic.fuzzy_match:FuzzyMatch": ("short", 100),
    "evals.elsuite.basic.json_match:JsonMatch": ("json", 512),
    "evals.elsuite.basic.json_validator:JsonValidator": ("json", None),
    TRANSLATE: ("short", 500),
    SOLVERS: ("short", None),
}


class Measure:
    """The sizes of what is sent for one sample are a tuple of `width` numbers. `described` makes requests of their sums. `identity`:
    equal for measures that give the same sizes. `reorders`: as that of a Need."""

    def __init__(self, sizes, width, described, identity, reorders=False):
        self.sizes, self.width, self.described, self.identity, self.reorders = sizes, width, described, identity, reorders


def measure_of(cls, args, modelgraded, shots=(0, 0, 0)):
    """None when nothing is known of the requests of the class. `shots`: the size of the examples in each prompt."""
    name = None if sys.flags.optimize else original_of(cls)
    try:
        if exact_name(cls) in EXACT:
            return EXACT[exact_name(cls)](args)
        if name == CLASSIFY:
            return model_graded(args, modelgraded) if modelgraded else None
        return one_request(name, args, shots) if name in ANSWERS else None
    except Exception:  # An argument or the spec is wrong, which other checks report. An estimate must not refuse an eval.
        return None


def exact_name(cls):
    return f"{cls.__module__}:{cls.__qualname__}"


def fixed_samples(cls):
    """The samples of a class of evals that has them in its code; None for other classes."""
    return cls.get_samples(None) if exact_name(cls) == TEST_MATCH else None


def demand_of_fixed(samples, limit):
    """What `EvalSamples.demand` returns, of samples that a class has in its code."""
    measure = one_request(MATCH, {}, (0, 0, 0))
    chosen = indices(len(samples), limit)
    sizes = [measure.sizes(sample) for at, sample in enumerate(samples) if at in chosen]
    return measure.described([sum(column) for column in zip(*sizes)], len(sizes)) if sizes else None


def one_request(name, args, shots):
    kind, limit = ANSWERS[name]
    if limit is not None:
        limit = args.get("max_tokens", limit)
    extra = shots
    if name == SOLVERS:
        if args.get("n_samples") is not None:
            return None  # The class chooses among its samples.
        extra = size_of([{"content": args["task_description"]}])

    def described(sums, samples):
        prompts = [total + samples * each for total, each in zip(sums, extra)]
        return [request("model", samples, prompts, kind, limit)]

    return Measure(input_size, 3, described, ("input",), reorders=name == SOLVERS)


def input_size(sample):
    return size_of(sample["input"])


def example_size(example):
    return size_of(example["sample"])


def mmlu(_):
    from evals.elsuite.sandbagging.defaults import DEFAULT_MMLU_MSG

    def described(sums, samples):
        return [request("model", samples, sums, "short", None)]

    return Measure(lambda sample: size_of_texts([DEFAULT_MMLU_MSG, sample["question"]]), 3, described, ("mmlu",))


def error_recovery(args):
    """Each sample is solved three times: without reasoning to begin with, and with right and wrong reasoning. After each, the model
    is asked for its final answer."""
    from evals.elsuite.error_recovery import defaults

    if args.get("n_samples") is not None:
        return None  # The class chooses among its samples.
    where = args.get("mistake_notification_position")
    others = None if args.get("mistake_notification_for_ir_only") else where
    hints = ("end" if others == "end" else None, others, where)
    solving = sum(1 + (hint == "end") for hint in hints)
    hint_text = defaults.DEFAULT_MISTAKE_MESSAGE

    def sizes(sample):
        steps = "\n".join(sample["correct_steps"])
        final_text = defaults.DEFAULT_FINAL_ANSWER_MESSAGE + defaults.TASK_SPECIFIC_EXTRACTION_INFO[sample["task"]]
        solved, final = [], []
        for reasoning, hint in zip(([], [steps], [f"{steps}\n{sample['incorrect_step']}"]), hints):
            said = [defaults.DEFAULT_TASK_DESCRIPTION, sample["question"], *reasoning, *([hint_text] if hint == "immediate" else [])]
            solved.append(size_of_texts(said))
            if hint == "end":
                said = [*said, hint_text]
                solved.append(size_of_texts(said))
            final.append(size_of_texts([*said, final_text]))
        return *map(sum, zip(*solved)), *map(sum, zip(*final))

    def described(sums, samples):
        # A second attempt has the first answer in its prompt, and the last request has all of them.
        solutions = request("model", solving * samples, sums[:3], "text", None, answers=(solving - 3) * samples)
        return [solutions, request("model", 3 * samples, sums[3:], "short", None, answers=solving * samples)]

    return Measure(sizes, 6, described, ("error recovery", hints))


# By class, of those whose subclasses may do something else.
EXACT = {
    "evals.elsuite.sandbagging.mmlu_eval:MMLU": mmlu,
    "evals.elsuite.error_recovery.eval:ErrorRecovery": error_recovery,
}


def model_graded(args, spec):
    fields = dict(spec.input_outputs)
    compared = args.get("multicomp_n", 1)
    if not isinstance(compared, int):
        return None  # One for each model, of which the last one may grade.
    texts = [spec.prompt] if isinstance(spec.prompt, str) else [message["content"] for message in spec.prompt]
    parts = [part for text in texts for part in string.Formatter().parse(text)]
    given = args.get("modelgraded_spec_args") or {}
    literal = [part[0] for part in parts] + [str(given[part[1]]) for part in parts if part[1] in given]
    asked_type = args.get("eval_type")
    if asked_type:
        literal.append(answer_prompt(asked_type, spec, compared))
    template = 0
    if compared > 1:
        template = sum(len(part[0]) for part in string.Formatter().parse(spec.output_template))
    constant = (sum(map(len, literal)), sum(map(octets, literal)))
    names = [part[1] for part in parts if part[1] and part[1] not in given]

    def sizes(sample):
        asked = [(field, answer) for field, answer in fields.items() if answer not in sample]
        prompts = [size_of(sample[field]) for field, _ in asked]
        answers = {answer for _, answer in asked}
        values = [value_size(sample[name]) for name in names if name in sample]
        count = sum(name in answers for name in names)
        return (
            len(asked),
            *(sum(size[i] for size in prompts) for i in range(3)),
            *(sum(size[i] for size in values) for i in range(2)),
            count,
        )

    def described(sums, samples):
        asked, characters, size, messages, judged, judged_size, answers = sums
        own, judging = args.get("sample_kwargs") or {}, args.get("eval_kwargs") or {}
        overhead = answers * compared * template
        prompts = [samples * constant[0] + judged + overhead, samples * constant[1] + judged_size + overhead, samples * len(texts)]
        kind = "choice" if (spec.eval_type or asked_type) == "classify" else "reasoned"
        asks = request("model", asked * compared, [characters * compared, size * compared, messages * compared], "text", 1024, own)
        judge = request("judge", samples, prompts, kind, 1024, judging, answers * compared)
        return [*([asks] if asked else []), judge]

    identity = ("graded", tuple(fields.items()), tuple(names))
    return Measure(sizes, 7, described, identity)


def answer_prompt(eval_type, spec, compared):
    from evals.elsuite.modelgraded.classify_utils import ANSWER_PROMPTS, choice_to_str, get_choice_strings

    return ANSWER_PROMPTS[eval_type] + choice_to_str(get_choice_strings(spec.choice_strings, n=compared))


def value_size(value):
    """Of a field that is put into a prompt. Messages become a text with their roles."""
    characters, size, messages = size_of(value) if is_chat(value) else (len(str(value)), octets(str(value)), 0)
    return characters + 8 * messages, size + 8 * messages


def size_of(prompt):
    """(characters, bytes, messages). Raises an error when there is something else than text in it, such as a picture."""
    if type(prompt) is str:
        return len(prompt), octets(prompt), 1
    characters = size = 0
    for message in prompt:
        content = message["content"]
        characters += len(content)
        size += len(content) if content.isascii() else octets(content)
    return characters, size, len(prompt)


def size_of_texts(texts):
    """Of one prompt, which has a message for each text."""
    return size_of([{"content": text} for text in texts])


def octets(text):
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def request(by, count, sizes, answer, limit, options=None, answers=0):
    """`answers`: how many answers of the model are in these prompts, besides `sizes`."""
    options = options or {}
    limit = options.get("max_tokens", limit)
    characters, size, messages = sizes
    return {
        "by": by,
        "requests": count,
        "characters": characters,
        "bytes": size,
        "messages": messages,
        "answers": answers,
        "answer": answer,
        "choices": positive(options.get("n_samples")) or 1,
        "max_tokens": positive(limit),
    }


def positive(value):
    return value if type(value) is int and 0 < value < 1 << 31 else None
