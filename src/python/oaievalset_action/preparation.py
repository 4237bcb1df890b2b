"""Prepares the host for forking: imports the classes of the set, and checks that evals may share this process."""
import logging
import platform
import threading

from . import api_clients, chat_fallback, drop_unused_samples, response_models
from .classes import IMPORT_ERRORS
from .import_effects import ImportEffects
from .plan import write_plan
from .problems import Problems
from .registry import open_registry
from .shared_memory import share_memory
from .shared_registry import share_registry
from .wire import from_wire


class Preparation:
    def __init__(self):
        self._effects = None
        self._registry = None
        # The API clients that a child redirects to its own base URL.
        self.clients = []
        # Logging functions configure logging when no handler exists, which would keep oaieval from configuring it.
        self._no_logging = logging.NullHandler()
        logging.getLogger().addHandler(self._no_logging)

    def plan(self, request):
        with self._recorded():
            self._registry = write_plan(request["request"], request["output"])
        return {"planned": True}

    def prepare(self, request):
        if self._registry is None:
            # Defects of the registry were reported when the set was planned.
            self._registry = open_registry(map(from_wire, request["registry_paths"]), Problems())
        with self._recorded():
            self._import_classes(request["evals"], request["models"])
        why = self._make_shareable(request["chat_fallback"])
        return {"ready": True} if why is None else {"unfit": why}

    def _recorded(self):
        if self._effects is None:
            import evals.cli.oaieval  # noqa: F401

            self._effects = ImportEffects()
        return self._effects.recorded()

    def _import_classes(self, evals, models):
        """A class that cannot be imported is ignored here. Its eval reports it in the words of oaieval."""
        from evals.utils.misc import make_object

        registry = self._registry
        named = [registry.get_eval(key) for key in evals if key in registry._evals]
        known = {**registry._completion_fns, **registry._solvers}
        named += [registry.get_completion_fn(name) for name in models if name in known]
        for cls in {spec.cls for spec in named if spec is not None}:
            try:
                make_object(cls)
            except IMPORT_ERRORS:
                pass

    def _make_shareable(self, uses_chat_fallback):
        """Returns why evals must not be forked from this process, or None."""
        if self._effects.found:
            what = ", ".join(self._effects.found)
            return f"modules of this eval set change process-wide state when imported ({what})"
        share_registry(self._registry)
        if uses_chat_fallback:
            chat_fallback.install()
        response_models.install()
        shared = api_clients.share_clients()
        self.clients = api_clients.clients_from_environment(shared)
        fixed = sorted({type(each.client).__name__ for each in self.clients if not each.can_redirect()})
        if fixed:
            return f"modules of this eval set have API clients whose base URL cannot be changed ({', '.join(fixed)})"
        threads = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
        if threads:
            return f"modules of this eval set start threads when imported ({', '.join(threads)})"
        drop_unused_samples.install()
        # API clients send it with each request. The first call starts a process, and Python caches the result.
        platform.processor()
        share_memory()
        return None

    def use_in_child(self):
        """Called in a child, after its environment is set."""
        for client in self.clients:
            client.redirect_by_environment()
        logging.getLogger().removeHandler(self._no_logging)
