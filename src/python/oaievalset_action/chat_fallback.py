"""Makes evals 3.0.1 use the chat API for models that it does not know, and the API clients of today.

- evals looks an unknown name up at /v1/models and then uses /v1/completions. New models use the chat API. The old completion
  models are listed here, because no new ones are made.
- OpenAIChatCompletionFn, named in a registry, fails because of the argument `registry` that every registered class gets.
- A solver looks up the context length or the tokenizer of a model, and fails when evals or tiktoken does not know them.
"""
import functools
import re
import sys

from . import api_clients_of_today
from .loaded_modules import patch_modules, replace

# https://platform.openai.com/docs/deprecations: every model that was served by /v1/completions only.
LEGACY_COMPLETION_MODEL = re.compile(
    r"""(ft:)?(
        (text-|code-)?(ada|babbage|curie|davinci)(-(code-.+|instruct-beta|\d{3}|002))?   # ada … text-davinci-003, babbage-002
        | text-(similarity|search)-.+
        | code-(cushman|davinci|search)-.+
        | gpt-3\.5-turbo-instruct(-.+)?
        | gpt-4-base
    )(:.*)?""",
    re.VERBOSE,
)

# Used for a solver that needs a context length. All current chat models have at least this one.
CONTEXT_LENGTH = 128_000
NEEDS_CONTEXT_LENGTH = ("evals.elsuite.hr_ml_agent_bench.solvers.baseline",)


def is_legacy_completion_model(name):
    return LEGACY_COMPLETION_MODEL.fullmatch(name) is not None


def install():
    """May be called before or after the modules of evals that look up models are imported."""
    import evals.completion_fns.openai as openai_fns
    import evals.registry as registry

    known_chat_model = registry.is_chat_model
    known_context_length = registry.n_ctx_from_model_name

    def is_chat_model(model_name):
        return known_chat_model(model_name) or not is_legacy_completion_model(model_name)

    make_known = registry.Registry.make_completion_fn

    @functools.wraps(make_known)
    def make_completion_fn(self, name, **kwargs):
        if name == "dummy" or known_chat_model(name):
            return make_known(self, name, **kwargs)
        if name in self._completion_fns or name in self._solvers:
            # Like the end of the replaced function, which looks the name up at /v1/models first.
            spec = self.get_completion_fn(name)
            spec.args = {**(spec.args or {}), **kwargs, "registry": self}
            instance = registry.make_object(spec.cls)(**spec.args)
            assert isinstance(instance, registry.CompletionFn), f"{name} must be a CompletionFn"
            return instance
        cls = registry.OpenAICompletionFn if is_legacy_completion_model(name) else registry.OpenAIChatCompletionFn
        return cls(model=name, n_ctx=known_context_length(name), **kwargs)

    registry.Registry.make_completion_fn = make_completion_fn
    replace(known_chat_model, is_chat_model)

    chat_fn = openai_fns.OpenAIChatCompletionFn
    init = chat_fn.__init__

    @functools.wraps(init)
    def without_registry(self, *args, **kwargs):
        kwargs.pop("registry", None)
        init(self, *args, **kwargs)

    chat_fn.__init__ = without_registry

    api_clients_of_today.install()
    patch_modules(patch_loaded_modules)


def patch_loaded_modules():
    from evals.registry import n_ctx_from_model_name

    api_clients_of_today.patch_loaded_modules()
    for name in NEEDS_CONTEXT_LENGTH:
        module = sys.modules.get(name)
        if module and getattr(module, "n_ctx_from_model_name", None) is n_ctx_from_model_name:
            module.n_ctx_from_model_name = lambda model: n_ctx_from_model_name(model) or CONTEXT_LENGTH
    tiktoken = sys.modules.get("tiktoken")
    if tiktoken and not hasattr(tiktoken.encoding_for_model, "__wrapped__"):
        known_encoding = tiktoken.encoding_for_model

        @functools.wraps(known_encoding)
        def encoding_for_model(model_name):
            try:
                return known_encoding(model_name)
            except KeyError:
                return tiktoken.get_encoding("o200k_base")

        tiktoken.encoding_for_model = encoding_for_model
