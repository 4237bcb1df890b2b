"""What a class needs of a sample, and values of JSON in words."""


class Need:
    """`identity`: equal for needs that refuse the same samples. `reorders`: the class may evaluate other samples than evals would
    choose with --max_samples."""

    def __init__(self, refusal, identity, reorders=False):
        self._refusal, self.identity, self.reorders = refusal, identity, reorders

    def refusal(self, sample):
        """What the sample lacks, or None."""
        try:
            return self._refusal(sample)
        except (TypeError, AttributeError, ValueError, RecursionError):
            return None  # A rule that fails must not refuse a sample.


def kind_of(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, dict):
        return "an object"
    return "a list" if value else "an empty list"


def is_chat(value):
    """Like evals.prompt.base.is_chat_prompt."""
    return isinstance(value, list) and all(isinstance(message, dict) for message in value)


def missing_field(sample, *names):
    """Which of the fields a sample lacks, or why it has no fields."""
    if not isinstance(sample, dict):
        return f"the sample is {kind_of(sample)}, but must be an object"
    for name in names:
        if name not in sample:
            return f'the sample has no "{name}"'
    return None
