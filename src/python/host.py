"""The warm host: one process that has evals, its registry and the classes of the set imported, and forks a child an eval.

    python host.py <path of the Unix socket that children print to>

The action talks to it over file descriptor 4, a line of JSON each:

    {"do": "plan", "request": path, "output": path}               → {"planned": true}
    {"do": "prepare", "evals": [keys], "models": [names],
     "registry_paths": [paths], "todays_models": bool}            → {"ready": true} or {"unfit": "why no eval may be forked"}
    {"do": "run", "id": 1, "args": [oaieval arguments],
     "env": {"NAME": "value"}}                                    → {"id": 1, "pid": 4711}, then {"id": 1, "code": 0} or
                                                                    {"id": 1, "signal": "SIGKILL"}; or, when there is
                                                                    no child, {"id": 1, "error": "why"}

A child is the leader of a process group of its own and does what `oaieval` does with these arguments. Its stdout and
stderr are connections to the socket that begin with a line "<id>"; both are made before it is. When the host reports its
end, nothing of its group is left. File descriptor 3 is the leash (see leash.py): without the action neither host nor
child goes on, and without the host no child does.

Standard library and evals only.
"""
import atexit
import gc
import json
import logging
import os
import platform
import select
import signal
import socket
import sys
import threading

LEASH, CONTROL = 3, 4

import few_samples  # noqa: E402
import import_effects  # noqa: E402
import leash  # noqa: E402
import plan as planner  # noqa: E402
import todays_models  # noqa: E402

# Seconds after which ended children are found though nobody told of them.
UNTOLD = 1


class Host:
    def __init__(self, output_socket):
        self._output_socket = output_socket
        self._effects = None
        self._registry = None
        self._clients = []
        self._running = {}
        self._received = b""
        # By process: a pipe of each child, held open by this process alone. Its end tells the child that the host is gone.
        self._leashes = {}
        self._own_leash = None
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)
        self._listen()
        # Logging functions configure logging when nobody has, and what they set up would be in the way of oaieval's own.
        self._no_logging = logging.NullHandler()
        logging.getLogger().addHandler(self._no_logging)

    def _listen(self):
        """To signals: to be called again when others may have changed how they are handled."""
        signal.signal(signal.SIGCHLD, heard)
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        # Cancelling is for evals, and is done by whoever started this.
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def serve(self):
        """Returns a child's request in the child; never returns in the host."""
        while True:
            readable, _, _ = select.select([CONTROL, self._wake_read], [], [], UNTOLD if self._running else None)
            drain(self._wake_read)
            self._reap()
            if CONTROL not in readable:
                continue
            data = os.read(CONTROL, 1 << 16)
            if not data:
                self._end()
            *lines, self._received = (self._received + data).split(b"\n")
            for line in lines:
                request = json.loads(line)
                if request["do"] == "run":
                    if self._fork(request):
                        return request
                else:
                    # Whatever a module that is imported may be waiting for: nobody listens to the action then. No thread
                    # does that, because forks of threads are not safe.
                    leash.end_with(LEASH)
                    answer = {"plan": self._plan, "prepare": self._prepare}[request["do"]](request)
                    leash.end_with(LEASH, at_once=False)
                    self._listen()
                    self._say(answer)

    def _plan(self, request):
        with self._noted():
            self._registry = planner.answer(request["request"], request["output"])
        return {"planned": True}

    def _noted(self):
        if self._effects is None:
            import evals.cli.oaieval  # noqa: F401

            self._effects = import_effects.ImportEffects()
        return self._effects.noted()

    def _prepare(self, request):
        if self._registry is None:
            # What is wrong in it was said when the set was planned.
            self._registry = planner.open_registry(map(planner.from_wire, request["registry_paths"]), planner.Problems())
        with self._noted():
            self._import_classes(request["evals"], request["models"])
        if self._effects.found:
            return {"unfit": f"modules of the set change what all evals would see ({', '.join(self._effects.found)})"}
        share_registry(self._registry)
        if request["todays_models"]:
            todays_models.install()
        shared = share_clients()
        self._clients = clients_from_environment(shared)
        stubborn = sorted({type(led.client).__name__ for led in self._clients if not led.follows()})
        if stubborn:
            return {"unfit": f"modules of the set have API clients that keep their base URL ({', '.join(stubborn)})"}
        threads = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
        if threads:
            return {"unfit": f"modules of the set start threads when they are imported ({', '.join(threads)})"}
        few_samples.install()
        read_in_small_pieces()
        # API clients tell it with each request; the first to look starts a process, and Python remembers what it said.
        platform.processor()
        # Children share these pages as long as nobody touches them; looking for garbage would touch all of them.
        gc.freeze()
        return {"ready": True}

    def _import_classes(self, evals, models):
        """A class that cannot be imported is told by its eval, in the words of oaieval."""
        from evals.utils.misc import make_object

        registry = self._registry
        named = [registry.get_eval(key) for key in evals if key in registry._evals]
        known = {**registry._completion_fns, **registry._solvers}
        named += [registry.get_completion_fn(name) for name in models if name in known]
        for cls in {spec.cls for spec in named if spec is not None}:
            try:
                make_object(cls)
            except (Exception, SystemExit):
                pass

    def _fork(self, request):
        """Returns whether this is the child."""
        ends = ()
        try:
            ends = own, host = os.pipe()
            with self._connect(request) as stdout, self._connect(request) as stderr:
                pid = os.fork()
                if pid == 0:
                    os.setpgid(0, 0)
                    os.dup2(stdout.fileno(), 1)
                    os.dup2(stderr.fileno(), 2)
                    self._own_leash = own
                    for other in (host, *self._leashes.values()):
                        os.close(other)
                    return True
        except OSError as error:
            for end in ends:
                os.close(end)
            self._say({"id": request["id"], "error": str(error)})
            return False
        os.close(own)
        try:
            os.setpgid(pid, pid)
        except OSError:
            pass  # It has done so itself, and may have ended already.
        self._leashes[pid] = host
        self._running[pid] = request["id"]
        self._say({"id": request["id"], "pid": pid})
        return False

    def _connect(self, request):
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(self._output_socket)
            connection.sendall(f"{request['id']}\n".encode())
        except OSError:
            connection.close()
            raise
        return connection

    def become_eval(self, request):
        """In the child: from here on it is an `oaieval` like any other."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for end in (CONTROL, self._wake_read, self._wake_write):
            os.close(end)
        # When the action is gone, the host ends this process's group; when the host is, the kernel does.
        leash.end_with(self._own_leash)
        leash.hold(LEASH, self._own_leash)
        os.environ.update(request["env"])
        for led in self._clients:
            led.lead_by_environment()
        logging.getLogger().removeHandler(self._no_logging)
        # Each process draws numbers of its own; the random module sees to that itself.
        if "numpy" in sys.modules:
            sys.modules["numpy"].random.seed()

    def _reap(self):
        while self._running:
            try:
                ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if ended is None:
                return
            pid = ended.si_pid
            # As long as it is not waited for, its number, and so that of its group, is nobody else's.
            kill_group(pid)
            _, status = os.waitpid(pid, 0)
            if pid not in self._running:
                continue  # Some module's own child.
            identity = self._running.pop(pid)
            os.close(self._leashes.pop(pid))
            if os.WIFSIGNALED(status):
                self._say({"id": identity, "signal": import_effects.signal_name(os.WTERMSIG(status))})
            else:
                self._say({"id": identity, "code": os.WEXITSTATUS(status)})

    def _say(self, message):
        data = json.dumps(message).encode() + b"\n"
        try:
            while data:
                data = data[os.write(CONTROL, data) :]
        except OSError:
            self._end()

    def _end(self):
        for pid in self._running:
            kill_group(pid)
        os._exit(0)


def share_registry(loaded):
    """The first Registry of a process that reads the same directories takes what the host has read."""
    from evals.registry import Registry

    paths = tuple(map(str, loaded._registry_paths))
    kinds = {
        "completion_fns": loaded._completion_fns,
        "solvers": loaded._solvers,
        "evals": loaded._evals,
        "eval_sets": loaded._eval_sets,
        "modelgraded": loaded._modelgraded_specs,
    }
    read = Registry._load_registry

    def load(self, registry_paths, resource_type):
        # Taken once: a registry is changed by the eval that uses it.
        same = tuple(map(str, registry_paths)) == paths
        raw = kinds.pop(resource_type, None) if same else None
        return read(self, registry_paths, resource_type) if raw is None else raw

    Registry._load_registry = load


def read_in_small_pieces():
    """evals reads data through blobfile, in pieces of 8 MB, of which every child would hold one. Another setting is kept."""
    blobfile = sys.modules.get("blobfile._ops")
    settings = getattr(getattr(blobfile, "default_context", None), "_conf", None)
    default = getattr(blobfile, "DEFAULT_BUFFER_SIZE", None)
    if default is not None and getattr(settings, "default_buffer_size", None) == default:
        settings.default_buffer_size = 1 << 16


def share_clients():
    """evals makes an API client, and so a TLS context, for each request. Returns the one that evals makes in this process."""
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
    # Imported when they are first asked for: here once, and not in each child.
    client.chat.completions, client.completions
    import multiprocessing.dummy  # noqa: F401
    import multiprocessing.queues  # noqa: F401

    return client


class Led:
    """An API client that took its base URL from the environment, where each child has one of its own."""

    def __init__(self, client, kind, variable):
        self.client, self._kind, self._variable = client, kind, variable

    def lead(self, url):
        # As the package does it: that of openai's client for module-level calls raises an AttributeError.
        self._kind.base_url.fset(self.client, url)

    def lead_by_environment(self):
        if os.environ.get(self._variable):
            self.lead(os.environ[self._variable])

    def follows(self):
        """Whether it can be led: one of a class of the user's own may go its own way."""
        usual, other = self.client.base_url, "http://127.0.0.1/"
        try:
            self.lead(other)
            followed = str(self.client.base_url) == other
            self.lead(usual)
            return followed
        except Exception:
            return False


def clients_from_environment(shared):
    """Those that were made with the base URL of the environment. `shared` is such a client of openai, as evals makes it."""
    providers = {"openai": ("OpenAI", "AsyncOpenAI"), "anthropic": ("Anthropic", "AsyncAnthropic")}
    kinds = {
        getattr(sys.modules[package], name): package
        for package, names in providers.items()
        if package in sys.modules
        for name in names
    }
    # Not isinstance: that asks an object for its class, and the proxies in the openai package import all of it to answer.
    clients = [each for each in gc.get_objects() if issubclass(type(each), tuple(kinds))]
    usual, led = {}, []
    if kinds.get(type(shared)) == "openai":
        usual["openai"] = shared.base_url
    for client in clients:
        kind, package = next(item for item in kinds.items() if issubclass(type(client), item[0]))
        if package not in usual:
            # Never one of the client's own class: that may take other arguments, or set what is global.
            usual[package] = getattr(sys.modules[package], providers[package][0])(api_key="unused").base_url
        try:
            if client.base_url == usual[package]:
                led.append(Led(client, kind, f"{package.upper()}_BASE_URL"))
        except Exception:
            pass  # It has none, or none yet.
    return led


def kill_group(pid):
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def heard(*_):
    """A signal with a handler of Python's wakes the host."""


def drain(end):
    try:
        while os.read(end, 1 << 12):
            pass
    except BlockingIOError:
        pass


def main():
    os.dup2(2, 1)
    for end in (LEASH, CONTROL):
        os.set_inheritable(end, False)
    planner.see_modules_as_oaieval_does()
    host = Host(sys.argv[1])
    request = host.serve()
    host.become_eval(request)
    code = leash.oaieval(request["args"])
    if code is None:
        end_at_once()
    return code


def end_at_once():
    """The end of an interpreter, in its order, without the last step: to tear down module after module would copy every
    page that is shared with the host, for nothing."""
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
