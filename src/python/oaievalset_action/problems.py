"""What is wrong with a set. The action makes this text safe to show (oneLine in src/text.ts), so it is passed on unchanged."""
import difflib
import traceback
from contextlib import contextmanager

# difflib takes milliseconds for each name. A set in which hundreds of names are unknown has another cause than misspelling.
NEAR_LOOKUPS = 30

# As many evals that cannot run have a common cause.
EXCLUDED = 10


class Problems:
    """Problems and warnings, each once, in the order in which they were found."""

    def __init__(self):
        self.found = []
        self.warnings = []
        self._seen = {}
        self._near_lookups = 0
        self._exclude = None

    @contextmanager
    def of_eval(self, exclude):
        """What is found meanwhile goes away with this line of the input `exclude`."""
        before, self._exclude = self._exclude, exclude
        try:
            yield
        finally:
            self._exclude = before

    def add(self, code, subject, message, near=()):
        self._note(self.found, code, subject, message, near)

    def warn(self, code, subject, message, near=()):
        """A warning does not stop the set from running."""
        self._note(self.warnings, code, subject, message, near)

    def _note(self, notes, code, subject, message, near):
        identity = (code, str(subject), str(message))
        problem = self._seen.get(identity)
        if problem is None:
            problem = {
                "code": code,
                "subject": str(subject),
                "message": str(message),
                "near": list(near),
                "exclude": [],
            }
            self._seen[identity] = problem
            notes.append(problem)
        if self._exclude is not None and self._exclude not in problem["exclude"]:
            problem["exclude"].append(self._exclude)

    def limit_excludes(self, evals):
        """Leaving out many evals, or all `evals` of the plan, is no remedy: then no line is proposed."""
        globs = {each for problem in self.found for each in problem["exclude"]}
        if len(globs) >= min(evals, EXCLUDED):
            for problem in self.found:
                problem["exclude"] = []

    def near(self, name, names):
        self._near_lookups += 1
        if self._near_lookups > NEAR_LOOKUPS:
            return []
        names = [other for other in names if isinstance(other, str) and other != name]
        return difflib.get_close_matches(str(name), names, n=3, cutoff=0.7)

    def unexpected(self, subject, error):
        lines = traceback.format_exception(type(error), error, error.__traceback__)
        last = "".join(lines).strip().splitlines()[-4:]
        self.add("planner-error", subject, " | ".join(line.strip() for line in last))


def in_own_words(error):
    """The message of an exception."""
    # The text of pydantic adds the input and a link, which are of no use here.
    if callable(getattr(error, "errors", None)):
        try:
            issues = error.errors()
            return "; ".join(f"{'.'.join(map(str, issue['loc']))}: {issue['msg']}" for issue in issues)
        except Exception:
            pass
    text = str(error).strip()
    return text if text and not isinstance(error, KeyError) else f"{type(error).__name__}: {text}"
