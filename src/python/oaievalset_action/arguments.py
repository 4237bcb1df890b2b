"""The arguments of oaieval that change results, read by oaieval's own parser."""
from .class_arguments import PASSED_TO_EVALS
from .output import LARGEST_INTEGER

NO_ARGUMENTS = {"max_samples": None, "seed": 0, "extra_eval_params": {}, "completion_args": {}}


class ArgumentError(Exception):
    pass


def read_arguments(request, problems):
    parsed = parse(request, problems)
    report_forbidden(parsed, problems)
    if parsed.max_samples == 0:
        problems.add("no-samples", "--max_samples 0", "no eval would get a sample, so there would be no result")
    extra_eval_params = pairs_of(parsed, "extra_eval_params", problems)
    for name in PASSED_TO_EVALS:
        if name in extra_eval_params:
            problems.add("invalid-argument", "--extra_eval_params", f"oaieval passes {name} to each eval itself")
    return {
        "max_samples": None if parsed.max_samples is None else min(parsed.max_samples, LARGEST_INTEGER),
        "seed": parsed.seed,
        "extra_eval_params": {key: to_number(value) for key, value in extra_eval_params.items()},
        "completion_args": pairs_of(parsed, "completion_args", problems),
    }


def parse(request, problems):
    from evals.cli.oaieval import get_parser

    def fail(*reasons):
        raise ArgumentError(" ".join(str(text) for text in reasons if text) or "it only prints help")

    parser = get_parser()
    parser.prog = "oaieval"
    parser.error = fail
    parser.exit = fail
    parser.print_help = lambda *_: None
    try:
        return parser.parse_args([request["model"], request["eval_set"], *request["args"]])
    except ArgumentError as error:
        problems.add("invalid-argument", " ".join(request["args"]), error)
        return parser.parse_args(["dummy", "dummy"])


def report_forbidden(parsed, problems):
    """Reports arguments that would take the records away from the action."""
    elsewhere = "its records would be written elsewhere, so no result could be recorded"
    forbidden = {
        "record_path": (parsed.record_path is not None, "each eval of the set would overwrite the record of the previous one"),
        "registry_path": (parsed.registry_path is not None, "the input registry-path names the registries"),
        "http-run": (parsed.http_run, elsewhere),
        "no-local-run": (not parsed.local_run, elsewhere),
        "dry-run": (parsed.dry_run, "nothing would be recorded"),
        "log_to_file": (parsed.log_to_file is not None, "the log would be hidden from this job"),
    }
    for name, (given, why) in forbidden.items():
        if given:
            problems.add("forbidden-argument", f"--{name}", why)


def pairs_of(parsed, name, problems):
    """The pairs of an argument of the form key=value,key=value."""
    text = getattr(parsed, name) or ""
    # oaieval skips empty pairs in completion_args only.
    parts = [part for part in text.split(",") if part or name != "completion_args"] if text else []
    split = [part.split("=") for part in parts]
    wrong = [part for part, pair in zip(parts, split) if len(pair) != 2]
    if wrong:
        problems.add("invalid-argument", f"--{name}", f"'{wrong[0]}' does not have the form key=value")
    return {pair[0]: pair[1] for pair in split if len(pair) == 2}


def to_number(text):
    """Like the function of the same name inside evals.cli.oaieval.run."""
    for number in (int, float):
        try:
            return number(text)
        except (ValueError, TypeError):
            pass
    return text
