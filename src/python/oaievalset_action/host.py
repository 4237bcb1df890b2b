"""The warm host: one process that imports evals, its registry and the classes of the set, and forks a child for each eval.

    host <path of the Unix socket that children print to>

The action talks to it over file descriptor 4. Each message is a line of JSON:

    {"do": "plan", "request": path, "output": path}               → {"planned": true}
    {"do": "prepare", "evals": [keys], "models": [names],
     "registry_paths": [paths], "chat_fallback": bool}            → {"ready": true} or {"unfit": "why no eval may be forked"}
    {"do": "run", "id": 1, "args": [oaieval arguments],
     "env": {"NAME": "value"}}                                    → {"id": 1, "pid": 4711}, then {"id": 1, "code": 0} or
                                                                    {"id": 1, "signal": "SIGKILL"}; or, when there is
                                                                    no child, {"id": 1, "error": "why"}

A child leads a process group of its own and does what `oaieval` does with these arguments. Its stdout and stderr are
connections to the socket that begin with a line "<id>"; both are opened before the child is forked. When the host reports
the end of a child, its whole process group has ended. File descriptor 3 is the leash (see leash.py): without the action
neither the host nor a child continues, and without the host no child does.
"""
import json
import os
import select
import signal
import socket
import sys

from . import leash
from .import_effects import signal_name
from .oaieval import run_oaieval
from .preparation import Preparation
from .shared_memory import end_at_once

LEASH, CONTROL = 3, 4

# Ended children are looked for this often, even without a signal.
REAP_INTERVAL_SECONDS = 1


class Host:
    def __init__(self, output_socket):
        self._output_socket = output_socket
        self._preparation = Preparation()
        self._running = {}
        self._received = b""
        # By process ID: the end of a pipe that only this process holds open. When it closes, the child sees that the host is gone.
        self._leashes = {}
        self._own_leash = None
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)
        self._handle_signals()

    def _handle_signals(self):
        """Called again whenever imported modules may have changed the handlers."""
        signal.signal(signal.SIGCHLD, wake_up)
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        # The action cancels evals itself; SIGINT must not end the host.
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def serve(self):
        """Returns a child's request in the child; never returns in the host."""
        while True:
            readable, _, _ = select.select([CONTROL, self._wake_read], [], [], REAP_INTERVAL_SECONDS if self._running else None)
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
                    self._send(self._obey(request))

    def _obey(self, request):
        """Handles a request that may import modules, which may block. This process cannot watch the leash meanwhile, and a thread
        must not, because forking a process with threads is not safe. So the kernel watches it."""
        obey = {"plan": self._preparation.plan, "prepare": self._preparation.prepare}[request["do"]]
        leash.end_with(LEASH)
        response = obey(request)
        leash.end_with(LEASH, at_once=False)
        self._handle_signals()
        return response

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
            self._send({"id": request["id"], "error": str(error)})
            return False
        os.close(own)
        try:
            os.setpgid(pid, pid)
        except OSError:
            pass  # The child has done this itself, and may have ended already.
        self._leashes[pid] = host
        self._running[pid] = request["id"]
        self._send({"id": request["id"], "pid": pid})
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
        """Called in the child, which then does what any process of `oaieval` does."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for end in (CONTROL, self._wake_read, self._wake_write):
            os.close(end)
        # When the action is gone, the host kills this process group. When the host is gone, the kernel does.
        leash.end_with(self._own_leash)
        leash.hold(LEASH, self._own_leash)
        os.environ.update(request["env"])
        self._preparation.use_in_child()
        # Each process needs random numbers of its own. The random module reseeds itself after a fork.
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
            # Until the child is waited for, no other process can get its ID, or the ID of its group.
            kill_group(pid)
            _, status = os.waitpid(pid, 0)
            if pid not in self._running:
                continue  # A child that an imported module has started.
            identity = self._running.pop(pid)
            os.close(self._leashes.pop(pid))
            if os.WIFSIGNALED(status):
                self._send({"id": identity, "signal": signal_name(os.WTERMSIG(status))})
            else:
                self._send({"id": identity, "code": os.WEXITSTATUS(status)})

    def _send(self, message):
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


def kill_group(pid):
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def wake_up(*_):
    """Does nothing. Only a signal with a handler in Python writes to the wakeup file descriptor."""


def drain(end):
    try:
        while os.read(end, 1 << 12):
            pass
    except BlockingIOError:
        pass


def main(arguments):
    os.dup2(2, 1)
    for end in (LEASH, CONTROL):
        os.set_inheritable(end, False)
    host = Host(arguments[0])
    request = host.serve()
    host.become_eval(request)
    try:
        code = run_oaieval(request["args"])
    except Exception:
        sys.excepthook(*sys.exc_info())
        code = 1
    if code is None or isinstance(code, int):
        end_at_once(code or 0)
    return code
