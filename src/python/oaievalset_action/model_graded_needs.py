"""What evals.elsuite.modelgraded.classify.ModelBasedClassify needs: of its arguments, of its spec, and of each sample."""
import inspect
import string

from .sample_need import Need, is_chat, kind_of, missing_field

# Names of parameters to which evals passes the fields of a sample as keyword arguments.
RESERVED = ("n", "self", "template")


def model_graded(args, _, spec):
    """(need, problems), as `need_of` returns them. `spec` is None when it is not known."""
    if spec is None:
        return None, []
    problems = problems_of(args, spec)
    fields = dict(spec.input_outputs)
    spec_args = args.get("modelgraded_spec_args") or {}
    placeholders, given = placeholders_of(spec.prompt), {"n", *fields.values(), *spec_args}
    needed = sorted(placeholders - given)
    must = ["choice"] if args.get("metaeval") else []

    def refusal(sample):
        why = missing_field(sample, *fields)
        if why:
            return f"{why}, which the spec {spec.key} names in input_outputs" if isinstance(sample, dict) else why
        for field in fields:
            why = unformatted(field, sample[field])
            if why:
                return why
        # evals takes a field of this name for an argument of its own.
        for name in needed if "allow_missing" not in sample else ():
            if name not in sample:
                return f'nothing fills {{{name}}} in the prompt of the spec {spec.key}: the sample has no "{name}"'
        for name in RESERVED:
            if name in sample:
                return f'the sample has a field "{name}", a name that evals uses itself; rename it'
        for name, value in sample.items():
            why = unreadable_messages(name, value) if name not in spec_args else None
            if why:
                return why
        return missing_field(sample, *must)

    identity = ("model-graded", spec.key, tuple(fields.items()), tuple(needed), tuple(sorted(spec_args)), bool(must))
    return Need(refusal, identity), problems


def placeholders_of(prompt):
    """The names in braces. Empty when the text cannot be formatted, which `problems_of` reports."""
    texts = [prompt] if isinstance(prompt, str) else [message["content"] for message in prompt if "content" in message]
    try:
        return {field for text in texts for _, field, _, _ in string.Formatter().parse(text) if field}
    except ValueError:
        return set()


def unformatted(field, value):
    """Why evals.elsuite.utils.scrub_formatting_from_prompt fails."""
    if isinstance(value, str):
        return None
    if not is_chat(value):
        return f'"{field}" is {kind_of(value)}, but must be a text or a list of messages'
    for message in value:
        if "content" in message and not isinstance(message["content"], str):
            return f'"{field}" has a message whose content is {kind_of(message["content"])}, but must be a text'
    return None


def unreadable_messages(field, value):
    """Why evals.prompt.base.chat_prompt_to_text_prompt fails, which gets every list of objects."""
    if not is_chat(value):
        return None
    for message in value:
        if "content" not in message:
            return f'"{field}" is a list of objects, which evals takes for messages, and one has no "content"'
        if len(value) > 1 and "name" not in message and "role" not in message:
            return f'"{field}" is a list of objects, which evals takes for messages, and one has no "role"'
    return None


def problems_of(args, spec):
    """What is wrong with the arguments and the spec, whatever the samples are."""
    from evals.elsuite.modelgraded.classify_utils import ANSWER_PROMPTS, MATCH_FNS
    from evals.elsuite.utils import PromptFn

    problems = []
    eval_type, match_fn = args.get("eval_type"), args.get("match_fn")
    if eval_type and eval_type not in ANSWER_PROMPTS:
        problems.append(f"the argument eval_type is {eval_type}, but must be one of {', '.join(ANSWER_PROMPTS)}")
    if eval_type is None and not spec.eval_type:
        problems.append(f"neither the argument eval_type nor the spec {spec.key} says how the judge answers")
    if match_fn and match_fn not in MATCH_FNS:
        problems.append(f"the argument match_fn is {match_fn}, but must be one of {', '.join(MATCH_FNS)}")
    known = list(inspect.signature(PromptFn).parameters)[2:]
    for argument in ("sample_kwargs", "eval_kwargs"):
        for name in args.get(argument) or {}:
            if name not in known:
                problems.append(f"the argument {argument} has {name}, but may only have {', '.join(known)}")
    return [*problems, *problems_of_spec(args, spec)]


def problems_of_spec(args, spec):
    compared = args.get("multicomp_n", 1)
    if isinstance(compared, int) and compared > 1 and not spec.output_template:
        yield f"the argument multicomp_n is {compared}, but the spec {spec.key} has no output_template"
    # A text that is no keyword is a list of its letters.
    for choice in () if spec.choice_strings in ("from_n", "from_n_abc", "from_n_ABC") else spec.choice_strings:
        if any(each in string.punctuation for each in choice):
            yield f"the spec {spec.key} has the choice {choice} in choice_strings, but a choice must not have punctuation"
    texts = [spec.prompt] if isinstance(spec.prompt, str) else [each["content"] for each in spec.prompt if "content" in each]
    for text in texts:
        try:
            list(string.Formatter().parse(text))
        except ValueError as error:
            yield f"the prompt of the spec {spec.key} has braces that are not a placeholder ({error}); write {{{{ and }}}} for braces"
