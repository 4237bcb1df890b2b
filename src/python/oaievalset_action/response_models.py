"""Builds the models of API responses one at a time, on a pydantic before 2.14, which is the newest for Python 3.9.

openai and anthropic define a thousand models, and let pydantic build each when the first response needs it. An eval gets its
first responses in several threads at once, and these versions of pydantic take a model apart while they build it: another
thread that uses it then fails with a PydanticUserError ("… is not fully defined", "BaseModel cannot be instantiated directly").
https://github.com/pydantic/pydantic/pull/13438
"""
import sys
import threading

from .loaded_modules import patch_modules

PACKAGES = ("openai", "anthropic")

# Also held by a thread that needs a model, from within the building of another.
_lock = threading.RLock()


def install():
    import evals.registry  # noqa: F401

    if takes_models_apart(sys.modules.get("pydantic")):
        patch_modules(patch_packages)


def takes_models_apart(pydantic):
    version = getattr(pydantic, "VERSION", "").split(".")[:2]
    return version[0] == "2" and int(version[1]) < 14


def patch_packages():
    for package in PACKAGES:
        base = getattr(sys.modules.get(package), "BaseModel", None)
        construct = getattr(base, "construct", None)
        if construct is not None and not hasattr(construct, "__wrapped__"):
            # The clients make all models of a response with this method, those inside others too.
            base.construct = base.model_construct = built_before(construct.__func__)


def built_before(construct):
    def construct_built(cls, *args, **values):
        if not cls.__pydantic_complete__:
            with _lock:
                # Does nothing if another thread has built it meanwhile.
                cls.model_rebuild(raise_errors=False)
        return construct(cls, *args, **values)

    construct_built.__wrapped__ = construct
    return classmethod(construct_built)
