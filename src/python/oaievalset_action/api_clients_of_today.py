"""Makes evals 3.0.1 work with what the API clients of today return. The results are those of evals, where evals has any.

- evals adds up each field of the token usage. It fails when a field is itself an object, as in every response of OpenAI today
  (https://github.com/openai/evals/issues/1582), and when a server reports no usage. The samples are paid for by then.
- evals' solver for Anthropic makes a MessageParam and a ContentBlock, which were classes and are unions of classes now. Its
  client does not know every parameter that evals pass, such as temperature. They are sent all the same: the API decides.
"""
import functools
import inspect
import sys

ANTHROPIC_SOLVER = "evals.solvers.providers.anthropic.anthropic_solver"


def install():
    import evals.cli.oaieval as oaieval

    add_known = oaieval.add_token_usage_to_result
    if hasattr(add_known, "__wrapped__"):
        return

    @functools.wraps(add_known)
    def add_token_usage_to_result(result, recorder):
        add_known(result, CountsOnly(recorder))

    oaieval.add_token_usage_to_result = add_token_usage_to_result


class CountsOnly:
    """A recorder whose events of sampling have the token counts that can be added up."""

    def __init__(self, recorder):
        self._recorder = recorder

    def get_events(self, kind):
        events = self._recorder.get_events(kind)
        counts = [counts_of(event.data.get("usage")) for event in events]
        # evals adds up the fields that the first usage has.
        first = dict.fromkeys(next((each for each in counts if each is not None), ()), 0)
        return [CountedEvent(each if each is None else {**first, **each}) for each in counts]


class CountedEvent:
    def __init__(self, counts):
        self.data = {} if counts is None else {"usage": counts}


def counts_of(usage):
    """The numbers of a usage, or None when there are none. A field without a value is a number that is not known."""
    fields = {} if usage is None else dict(usage)
    return {name: value for name, value in fields.items() if value is None or is_number(value)} or None


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def patch_loaded_modules():
    """Called whenever further modules may have been imported."""
    solver = sys.modules.get(ANTHROPIC_SOLVER)
    if not solver or hasattr(solver.anthropic_create_retrying, "__wrapped__"):
        return
    known_create = solver.anthropic_create_retrying

    @functools.wraps(known_create)
    def anthropic_create_retrying(client, *args, **kwargs):
        known = inspect.signature(client.messages.create).parameters
        unknown = {name: kwargs.pop(name) for name in list(kwargs) if name not in known}
        if unknown:
            kwargs["extra_body"] = {**(kwargs.get("extra_body") or {}), **unknown}
        return known_create(client, *args, **kwargs)

    solver.anthropic_create_retrying = anthropic_create_retrying
    if not isinstance(solver.MessageParam, type):
        solver.MessageParam = dict
    if not isinstance(solver.ContentBlock, type):
        from anthropic.types import TextBlock

        solver.ContentBlock = TextBlock
