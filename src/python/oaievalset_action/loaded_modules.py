"""Changes of modules that can only be made once these are imported. An eval imports its class and its completion function with
`make_object`, and other modules with them.
"""
import functools
import sys


def patch_modules(patch):
    """Calls `patch`, which changes what is imported by now, and calls it again whenever further modules may be imported."""
    import evals.registry as registry

    known_make_object = registry.make_object

    @functools.wraps(known_make_object)
    def make_object(*args, **kwargs):
        found = known_make_object(*args, **kwargs)
        patch()
        return found

    replace(known_make_object, make_object)
    patch()


def replace(old, new):
    """Replaces a function in every module that has imported it by name."""
    for module in list(sys.modules.values()):
        for name, value in list(getattr(module, "__dict__", {}).items()):
            if value is old:
                setattr(module, name, new)
