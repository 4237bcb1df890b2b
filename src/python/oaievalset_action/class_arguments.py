"""Reports arguments that the class of an eval, or of a completion function, certainly refuses.

No completion function is made here to find out more. Making one may load a model, send requests or write files, and evals makes
it again for each eval. Its constructor may also depend on variables that only evals get.
"""
import sys

from .constructor_arguments import refusal_of

# What evals.cli.oaieval.run passes to the class of an eval, and evals.registry.Registry.make_completion_fn to a function.
PASSED_TO_EVALS = ("completion_fns", "seed", "name", "eval_registry_path", "registry")
PASSED_TO_FUNCTIONS = ("registry",)
PASSED_TO_MODELS = ("model", "n_ctx")


class ClassArguments:
    def __init__(self, problems, uses_chat_fallback):
        self._problems = problems
        self._uses_chat_fallback = uses_chat_fallback
        self._refusals = {}

    def check_eval(self, key, reference, cls, args):
        """Returns whether the class may accept the arguments."""
        refused = self._refusal(cls, [*args, *PASSED_TO_EVALS])
        return self._report("class-arguments", key, reference, refused, args)

    def check_function(self, name, reference, cls, args):
        refused = self._refusal(cls, [*args, *PASSED_TO_FUNCTIONS])
        self._report("completion-fn-arguments", name, reference, refused, args)

    def check_model(self, name, cls, completion_args):
        """A name that evals makes a completion function of OpenAI's API of."""
        refused = self._refusal(cls, [*completion_args, *PASSED_TO_MODELS])
        taken = next((each for each in completion_args if each in PASSED_TO_MODELS), None)
        if taken:
            why = f"evals passes {taken} itself, so it must not be given"
        elif refused and refused.unknown:
            why = f"the completion function of {name} does not take the argument {refused.unknown}"
        else:
            return
        near = self._near(refused) if not taken else ()
        self._problems.add("invalid-argument", "--completion_args", why, near)

    def _refusal(self, cls, names):
        identity = cls, frozenset(names)
        if identity not in self._refusals:
            self._refusals[identity] = refusal_of(cls, identity[1], self._dropped())
        return self._refusals[identity]

    def _dropped(self):
        """chat_fallback.py makes OpenAIChatCompletionFn ignore the argument that it does not take."""
        module = sys.modules.get("evals.completion_fns.openai")
        return [(module.OpenAIChatCompletionFn.__init__, "registry")] if module and self._uses_chat_fallback else []

    def _report(self, code, subject, reference, refused, args):
        if refused is None:
            return True
        why = f"class {reference} {refused}"
        if refused.unknown in PASSED_TO_EVALS and refused.unknown not in args:
            why += ", which evals passes to it"
        if refused.unknown is None and refused.is_about_arguments:
            why += f" (args has {', '.join(map(str, args))})" if args else " (there are no args)"
        self._problems.add(code, subject, why, self._near(refused))
        return False

    def _near(self, refused):
        if refused.unknown is None:
            return ()
        known = [name for name in refused.known if name not in ("self", *PASSED_TO_EVALS)]
        return self._problems.near(refused.unknown, dict.fromkeys(known))
