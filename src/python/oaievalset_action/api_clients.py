"""API clients that exist in the host before an eval is forked: evals' own, which all requests share, and the user's."""
import gc
import json
import os
import sys
import threading


def share_clients():
    """Makes evals use one API client, and one TLS context, for all requests instead of a new one each. Returns the client."""
    import evals.completion_fns.openai as openai_fns

    make, made, lock = openai_fns.OpenAI, {}, threading.Lock()

    def one_client(**options):
        key = json.dumps(options, sort_keys=True, default=repr)
        with lock:
            if key not in made:
                made[key] = make(**options)
            return made[key]

    openai_fns.OpenAI = one_client
    client = one_client(api_key=None, base_url=None)
    # evals imports these when it first uses them. Importing them here saves the import in each child.
    client.chat.completions, client.completions
    import multiprocessing.dummy  # noqa: F401
    import multiprocessing.queues  # noqa: F401

    return client


class RedirectableClient:
    """An API client that took its base URL from the environment. Each child has a base URL of its own."""

    def __init__(self, client, kind, variable):
        self.client, self._kind, self._variable = client, kind, variable

    def redirect_to(self, url):
        # The setter of the package's own class, because that of openai's client for module-level calls raises AttributeError.
        self._kind.base_url.fset(self.client, url)

    def redirect_by_environment(self):
        if os.environ.get(self._variable):
            self.redirect_to(os.environ[self._variable])

    def can_redirect(self):
        """Whether the client uses a new base URL. A client whose class is the user's may ignore it."""
        usual, other = self.client.base_url, "http://127.0.0.1/"
        try:
            self.redirect_to(other)
            redirected = str(self.client.base_url) == other
            self.redirect_to(usual)
            return redirected
        except Exception:
            return False


def clients_from_environment(shared):
    """The API clients that were made with the base URL of the environment. `shared` is the client of `share_clients`."""
    providers = {"openai": ("OpenAI", "AsyncOpenAI"), "anthropic": ("Anthropic", "AsyncAnthropic")}
    kinds = {
        getattr(sys.modules[package], name): package
        for package, names in providers.items()
        if package in sys.modules
        for name in names
    }
    # isinstance would ask an object for its __class__, and proxies in the openai package then import all of the package.
    clients = [each for each in gc.get_objects() if issubclass(type(each), tuple(kinds))]
    usual, redirectable = {}, []
    if kinds.get(type(shared)) == "openai":
        usual["openai"] = shared.base_url
    for client in clients:
        kind, package = next(item for item in kinds.items() if issubclass(type(client), item[0]))
        if package not in usual:
            # The class of the client itself may need other arguments or change global state.
            usual[package] = getattr(sys.modules[package], providers[package][0])(api_key="unused").base_url
        try:
            if client.base_url == usual[package]:
                redirectable.append(RedirectableClient(client, kind, f"{package.upper()}_BASE_URL"))
        except Exception:
            pass  # The client has no base URL, or none yet.
    return redirectable
