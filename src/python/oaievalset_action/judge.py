"""Which evals a model grades, and whether each eval can run with its completion functions."""
import sys

from .accepted_count import refusal_of

CLASSIFY = "evals.elsuite.modelgraded.classify"


class Judge:
    """An eval of ModelBasedClassify, or of a class derived from it, gets the judge as its last completion function, which is the
    one that grades. All other evals run without it."""

    def __init__(self, models, judge_model, problems):
        self._models = models
        self._judge_models = [judge_model] if judge_model else []
        self._problems = problems
        self._refusals = {}

    def grades(self, cls):
        classify = model_based_classify()
        return classify is not None and isinstance(cls, type) and issubclass(cls, classify)

    def check(self, key, reference, cls, args):
        """Adds a problem if the class cannot be constructed with the completion functions of the eval."""
        count = len(self._models) + (len(self._judge_models) if self.grades(cls) else 0)
        if (cls, count) not in self._refusals:
            self._refusals[cls, count] = refusal_of(cls, count)
        why = self._refusals[cls, count] or refused_candidates(cls, args, count)
        if why is None:
            return
        names = ",".join([*self._models, *self._judge_models] if self.grades(cls) else self._models)
        self._problems.add("completion-fn-count", key, f"class {reference} cannot run with '{names}': {why}")


def model_based_classify():
    """The class, when something has imported it. An eval can only be derived from it then."""
    return getattr(sys.modules.get(CLASSIFY), "ModelBasedClassify", None)


def refused_candidates(cls, args, count):
    """Why ModelBasedClassify refuses these completion functions, of which the last one grades the answers of all others."""
    classify = model_based_classify()
    if classify is None or getattr(cls, "__init__", None) is not classify.__init__ or sys.flags.optimize:
        return None
    candidates, compared = count - 1, args.get("multicomp_n", 1)
    if candidates < 2 or compared in ("from_models", candidates):
        return None
    return f"the last one grades, which leaves {candidates} to be graded, but its argument multicomp_n is {compared}"
