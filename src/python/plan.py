"""Asks evals' own Registry what an eval set means today, and writes the answer as JSON.

    python plan.py --request request.json --output plan.json

request.json: {"model", "eval_set", "args": [oaieval arguments], "registry_paths": [...], "todays_models": bool}
plan.json:    {"version": 1, "problems": [...], ...}; its reader, src/plan/registry-plan.ts, is its schema.

Everything that would make the set fail, or silently run something else than its author meant, becomes a problem;
all of them are listed, because a user who mends one would rather not wait for the next. Nothing here sends a request.

Imports of eval classes may print, so the answer goes to a file, and whatever is printed goes to stderr.

An eval's data are the files its arguments name. A class may also find data by other means: a directory written into
its code (evals.elsuite.cant_do_that_anymore), samples in its code (evals.elsuite.test.match), a Hugging Face data set
(evals.elsuite.lambada). Such data comes with the evals package, or cannot be known; the evals version stands for it.
"""

import argparse
import copy
import csv
import datetime
import difflib
import glob
import importlib.metadata
import inspect
import json
import math
import os
import re
import site
import sys
import sysconfig
import traceback
from pathlib import Path

import todays_models

# User code that is imported may call sys.exit(); that is its failure, not our end.
IMPORT_ERRORS = (Exception, SystemExit)

# difflib takes milliseconds per name; a set that misspells hundreds of names is wrong in some other way.
NEAR_LOOKUPS = 30

LFS_POINTER = b"version https://git-lfs.github.com/spec/v1"
REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://\S+")
CLASS_REFERENCE = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")
# Has nothing in it that means more than itself in a pattern of an eval set: regular expressions with `.` taken literally.
PLAIN_NAME = re.compile(r"[\w./:@-]+")
MODELGRADED_ARGUMENT = re.compile(r"(^|[._])modelgraded_spec$")
# A directory under such a name is where an eval writes: its content is a result, not an input.
WRITTEN_DIRECTORY = re.compile(r"(^|_)(cache|out|output|outputs|log|logs|save|tmp|temp)(_|$)")


STANDARD = frozenset(os.path.realpath(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib"))


def site_folders():
    """Where site looks for packages: what is not there at the start is not on sys.path."""
    try:
        user = [site.getusersitepackages()] if site.ENABLE_USER_SITE else []
        return [*site.getsitepackages(), *user]
    except AttributeError:  # The site module of old versions of virtualenv has none of it.
        return []


def folders_of_pth(file):
    """The directories that a .pth file adds to sys.path, as far as they are there when Python starts."""
    try:
        with open(file, encoding="utf-8-sig", errors="replace") as stream:
            lines = [line.strip() for line in stream]
    except OSError:
        return []
    named = [line for line in lines if line and not line.startswith(("#", "import ", "import\t")) and "\0" not in line]
    return [os.path.join(os.path.dirname(file), line) for line in named]


class Basis:
    """What the answer was read from. As long as none of it has changed, neither has the answer: files by their content,
    directories by the names in them, and paths where something was looked for and not found."""

    KINDS = ("completion_fns", "solvers", "evals", "eval_sets", "modelgraded")

    def __init__(self):
        self.files, self.directories, self.absent = set(), set(), set()

    def seen(self, path):
        path = os.path.abspath(path)
        if os.path.isfile(path):
            self.files.add(path)
        elif os.path.isdir(path):
            self.directories.add(path)
        else:
            self.absent.add(path)

    def registry(self, path):
        for kind in self.KINDS:
            folder = os.path.join(str(path), kind)
            self.seen(folder)
            if os.path.isdir(folder):
                self.files.update(os.path.abspath(file) for file in glob.glob(os.path.join(glob.escape(folder), "*.yaml")))

    def search_path(self):
        """The names in the directories that modules are imported from say what is installed there, in what version, and
        what would be found first. Directories that are not there yet count as well."""
        for entry in [*sys.path, *site_folders()]:
            entry = os.path.abspath(entry)
            if os.path.realpath(entry) in STANDARD:
                continue
            self.seen(entry)
            for file in glob.glob(os.path.join(glob.escape(entry), "*.pth")):
                self.seen(file)
                for folder in folders_of_pth(file):
                    self.seen(folder)
        self.seen(os.path.join(sys.prefix, "pyvenv.cfg"))
        for name in ("sitecustomize", "usercustomize"):
            self._module(sys.modules.get(name))

    def modules(self, sources):
        """What was imported to get at the classes: the code of modules that no installed version stands for, and the names
        in all places where they, or a package they are in, were looked for."""
        own = os.path.dirname(os.path.abspath(__file__))
        looked_up = set()
        for name, module in list(sys.modules.items()):
            if not isinstance(name, str):
                continue
            path = getattr(module, "__file__", None)
            if isinstance(path, str) and os.path.dirname(os.path.abspath(path)) == own:
                continue  # The planner, which the request stands for.
            looked_up.add(name.partition(".")[0])
            if sources.is_own(name, module):
                looked_up.add(name)
                self._module(module)
        for name in looked_up:
            self._places(name)

    def _module(self, module):
        path = getattr(module, "__file__", None)
        if isinstance(path, str):
            # Not what it is a link to, which is another file tomorrow.
            self.seen(path)

    def _places(self, name):
        """Every directory in which a part of the module's name is looked up, and every one that such a part may stand for:
        one without __init__.py is a package as well, once it has one, or when nothing else is found."""
        folders, parent = sys.path, ""
        for part in name.split("."):
            for folder in folders:
                if parent:
                    self.seen(folder)
                place = os.path.join(folder, part)
                if os.path.isdir(place) and os.path.realpath(folder) not in STANDARD:
                    self.seen(place)
            parent = f"{parent}.{part}" if parent else part
            folders = search_locations(sys.modules.get(parent))
        for folder in folders:
            self.seen(folder)

    def described(self):
        return {name: sorted(getattr(self, name)) for name in ("files", "directories", "absent")}


class Problems:
    """What is wrong with the set, each thing once, in the order it was found."""

    def __init__(self):
        self.found = []
        self._seen = set()
        self._near_lookups = 0

    def add(self, code, subject, message, near=()):
        problem = {
            "code": code,
            "subject": one_line(str(subject)),
            "message": one_line(str(message)),
            "near": [one_line(name) for name in near],
        }
        identity = (code, problem["subject"], problem["message"])
        if identity not in self._seen:
            self._seen.add(identity)
            self.found.append(problem)

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


def one_line(text):
    """No line breaks or control characters: the text ends up in a job's log."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text).split())


def words(error):
    """What an exception says, in its own words, on one line."""
    if callable(getattr(error, "errors", None)):  # pydantic's text adds the input and a link, neither of use here
        try:
            issues = error.errors()
            return "; ".join(f"{'.'.join(map(str, issue['loc']))}: {issue['msg']}" for issue in issues)
        except Exception:
            pass
    text = one_line(str(error))
    return text if text and not isinstance(error, KeyError) else f"{type(error).__name__}: {text}"


# ---------------------------------------------------------------------------------------------------- arguments


class ArgumentError(Exception):
    pass


def read_arguments(request, problems):
    """Those of oaieval's arguments that change results, read by its own parser."""
    from evals.cli.oaieval import get_parser

    def fail(*said):
        raise ArgumentError(" ".join(str(text) for text in said if text) or "it prints help and runs nothing")

    parser = get_parser()
    parser.prog = "oaieval"
    parser.error = fail
    parser.exit = fail
    parser.print_help = lambda *_: None
    subject = " ".join(request["args"])
    try:
        parsed = parser.parse_args([request["model"], request["eval_set"], *request["args"]])
    except ArgumentError as error:
        problems.add("invalid-argument", subject, error)
        parsed = parser.parse_args(["dummy", "dummy"])

    moves = "its records would go elsewhere, so that no result could be kept"
    forbidden = {
        "record_path": (parsed.record_path is not None, "every eval of the set would overwrite the record of the last"),
        "registry_path": (parsed.registry_path is not None, "registries are named by the input registry-path"),
        "http-run": (parsed.http_run, moves),
        "no-local-run": (not parsed.local_run, moves),
        "dry-run": (parsed.dry_run, "nothing would be recorded"),
        "log_to_file": (parsed.log_to_file is not None, "the log would be hidden from this job"),
    }
    for name, (given, why) in forbidden.items():
        if given:
            problems.add("forbidden-argument", f"--{name}", why)

    def pairs(name):
        text = getattr(parsed, name) or ""
        # oaieval skips empty pairs in completion_args only.
        parts = [part for part in text.split(",") if part or name != "completion_args"] if text else []
        split = [part.split("=") for part in parts]
        wrong = [part for part, pair in zip(parts, split) if len(pair) != 2]
        if wrong:
            problems.add("invalid-argument", f"--{name}", f"'{wrong[0]}' is not of the form key=value")
        return {pair[0]: pair[1] for pair in split if len(pair) == 2}

    return {
        "max_samples": parsed.max_samples if parsed.max_samples is None else min(parsed.max_samples, 2**53 - 1),
        "seed": parsed.seed,
        "extra_eval_params": {key: to_number(value) for key, value in pairs("extra_eval_params").items()},
        "completion_args": pairs("completion_args"),
    }


def to_number(text):
    """As the function of the same name inside evals.cli.oaieval.run."""
    for number in (int, float):
        try:
            return number(text)
        except (ValueError, TypeError):
            pass
    return text


# ----------------------------------------------------------------------------------------------------- registry


def read_yaml_fast():
    """PyYAML brings libyaml's parser, four times as fast, and does not use it unless it is told to."""
    import yaml

    if yaml.__with_libyaml__:
        yaml.safe_load = lambda stream: yaml.load(stream, Loader=yaml.CSafeLoader)


def open_registry(paths, problems):
    """evals' own Registry, made to report a bad file, entry or alias and go on, where evals would stop or hang.

    What it goes on with never runs: one problem is enough to refuse the set.
    """
    from evals.registry import Registry

    read_yaml_fast()

    class ReportingRegistry(Registry):
        def __init__(self):
            super().__init__()
            self._first_paths = {}
            self._bad_names = set()
            self._matched = None

        def names_matching(self, pattern):
            """The names of evals that evals takes the pattern for, in the order of the registry. A name that is no pattern
            is looked up; any other is compared with all names, by evals itself."""
            if PLAIN_NAME.fullmatch(pattern):
                # To evals a name goes on to its end, or to a line break that ends it.
                return [name for name in (pattern, pattern + "\n") if name in self._evals]
            self._matched = []
            try:
                for _ in self.get_evals([pattern]):
                    pass
                return self._matched
            finally:
                self._matched = None

        def get_eval(self, name):
            if self._matched is None:
                return super().get_eval(name)
            self._matched.append(name)
            return None

        def _load_file(self, path):
            try:
                yield from super()._load_file(path)
            except Exception as error:
                problems.add("bad-registry", path, words(error))

        def _load_resources(self, registry_path, resource_type):
            duplicates = {}
            for name, path, spec in super()._load_resources(registry_path, resource_type):
                first = self._first_paths.get((resource_type, name))
                why = self._why_refused(name, path, spec, resource_type)
                if first:
                    duplicates.setdefault(path, []).append((name, first))
                    continue
                self._first_paths[resource_type, name] = path
                if why:
                    problems.add("bad-registry", path, why)
                else:
                    yield name, path, spec
            for path, entries in duplicates.items():
                name, first = entries[0]
                more = f", and {len(entries) - 1} more entries of this file" if len(entries) > 1 else ""
                problems.add(
                    "duplicate-entry", name, f"duplicate entry: {name} from {path} (it is in {first} already){more}"
                )

        def _why_refused(self, name, path, spec, resource_type):
            if resource_type == "evals" and not isinstance(name, str):
                return f"the name {name!r} is not text; put it in quotes"
            if not isinstance(spec, dict):
                kind = type(spec).__name__
                return f"the entry '{name}' of {resource_type} is of type {kind}, where a mapping is needed"
            try:
                self._validate_reserved_keywords(spec, name, path)
            except ValueError as error:
                return words(error)
            return None

        def _dereference(self, name, d, object, type, **kwargs):
            if (object, name) in self._bad_names:
                return None
            why, near = broken_alias(name, d, problems)
            if why is None:
                try:
                    return super()._dereference(name, d, object, type, **kwargs)
                except Exception as error:
                    why = f"Error while processing {object} '{name}': {words(error)}"
            self._bad_names.add((object, name))
            problems.add("bad-registry", name, why, near)
            return None

    registry = ReportingRegistry()
    for path in paths:
        if not os.path.isdir(path):
            problems.add("missing-registry-path", path, f"there is no directory {os.path.abspath(path)}")
    registry.add_registry_paths(paths)
    return registry


def broken_alias(name, entries, problems):
    """Why following the alias does not end at an entry (evals would die of KeyError, or loop for ever), or None."""
    chain = [name]
    while chain[-1] in entries:
        entry = entries[chain[-1]]
        target = entry.get("id") if isinstance(entry, dict) else entry
        if target is None:
            return None, ()
        if not isinstance(target, str):
            return f"the id of '{chain[-1]}' is {target!r}, where a name is needed", ()
        if target in chain:
            return "alias loop: " + " -> ".join([*chain, target]), ()
        chain.append(target)
    if len(chain) == 1:
        return None, ()  # Not an alias: the caller deals with unknown names.
    why = f"'{chain[-2]}' stands for '{chain[-1]}', which the registry does not have"
    return why, problems.near(chain[-1], entries)


class Classes:
    """Eval and completion function classes, each module imported once, whether that worked or not."""

    def __init__(self):
        self._loaded = {}
        self._broken_modules = {}

    def load(self, reference):
        """Returns (class, None), or (None, why it cannot be imported)."""
        from evals.utils.misc import make_object

        if reference in self._loaded:
            return self._loaded[reference]
        module = reference.partition(":")[0]
        why = self._broken_modules.get(module)
        found = None
        if why is None:
            try:
                found = make_object(reference).func
            except IMPORT_ERRORS as error:
                why = f"class {reference} cannot be imported: {words(error)}"
                if module not in sys.modules:
                    self._broken_modules[module] = why
        self._loaded[reference] = (found, why)
        return self._loaded[reference]


# ------------------------------------------------------------------------------------------------ source files


class Sources:
    """The code behind a class that the evals version does not stand for."""

    def __init__(self):
        import evals

        self._evals = os.path.dirname(os.path.realpath(evals.__file__))
        # In a checkout (pip install -e) the code changes under one and the same version.
        self._evals_is_installed = in_site_packages(self._evals)
        self._standard = tuple(folder + os.sep for folder in STANDARD)
        self._distributions = None

    def of(self, cls):
        """Returns (files, packages): own source files of the class and its bases, and installed distributions."""
        files, packages = {}, {}
        for base in inspect.getmro(cls) if inspect.isclass(cls) else [cls]:
            name = getattr(base, "__module__", None)
            path = getattr(sys.modules.get(name), "__file__", None)
            if not path or not os.path.isfile(path):
                continue
            path = os.path.realpath(path)
            if path.startswith(self._evals + os.sep) and self._evals_is_installed:
                continue
            if in_site_packages(path):
                distribution = self._distribution(name, path)
                if distribution:
                    packages[distribution[0]] = distribution[1]
                    continue
            elif path.startswith(self._standard):
                continue
            files[path] = {"module": name, "path": path, "label": module_label(name, path)}
        return list(files.values()), [{"name": name, "version": packages[name]} for name in sorted(packages)]

    def is_own(self, name, module):
        """Whether a module's code may change while the versions of everything that is installed stay."""
        path = getattr(module, "__file__", None)
        if not isinstance(path, str):
            # A namespace package, or one that is built in.
            return any(not in_site_packages(folder) for folder in search_locations(module))
        path = os.path.realpath(path)
        if path.startswith(self._evals + os.sep) and self._evals_is_installed:
            return False
        if in_site_packages(path):
            return not self._candidates(name)
        return not path.startswith(self._standard)

    def _candidates(self, module):
        """The installed distributions that have a module or package of that top-level name."""
        if self._distributions is None:
            self._distributions = {}
            for distribution in importlib.metadata.distributions():
                for top in top_level_names(distribution):
                    self._distributions.setdefault(top, []).append(distribution)
        return self._distributions.get(module.partition(".")[0], [])

    def _distribution(self, module, path):
        candidates = self._candidates(module)
        if len(candidates) > 1:  # A namespace package: several distributions share the name.
            candidates = [
                candidate
                for candidate in candidates
                if any(os.path.realpath(candidate.locate_file(file)) == path for file in candidate.files or ())
            ]
        return (candidates[0].metadata["Name"], candidates[0].version) if candidates else None


def search_locations(module):
    """The directories in which the modules of a package are looked for; none for what is no package."""
    try:
        return [os.fspath(folder) for folder in module.__path__]
    except (AttributeError, TypeError):
        return []


def in_site_packages(path):
    return not {"site-packages", "dist-packages"}.isdisjoint(path.split(os.sep))


def top_level_names(distribution):
    text = distribution.read_text("top_level.txt")
    if text:
        return set(text.split())
    # Its `files` makes an object of every line, which takes a hundred times as long.
    record = distribution.read_text("RECORD")
    if record is None:
        files = [file.as_posix() for file in distribution.files or ()]
    else:
        files = [row[0] for row in csv.reader(record.splitlines()) if row]
    return {file.partition("/")[0].partition(".")[0] for file in files if file.endswith(".py")}


def module_label(module, path):
    """Where the file is below whatever directory it was imported from."""
    name = os.path.basename(path)
    parts = module.split(".")
    return "/".join([*parts, name] if name.startswith("__init__.") else [*parts[:-1], name])


# -------------------------------------------------------------------------------------------------- data files


class DataFiles:
    """Finds the files that arguments name, in the order evals looks: as named, below the registry the spec is from,
    below evals' own registry (evals.eval.Eval._prefix_registry_path, then evals.data.open_by_file_pattern)."""

    def __init__(self, problems, basis):
        import evals

        self._problems = problems
        self._basis = basis
        self._package_root = os.path.join(os.path.dirname(os.path.abspath(evals.__file__)), "registry", "data")
        self._pointers = {}
        self._lines = {}

    def find(self, args, registry_path, subject, own_registry_only=(), unread=None):
        """Returns (data, remote). `own_registry_only` names the arguments that the class looks up in the registry of
        its spec only; `unread` those that nothing opens, or None when nothing is known about what is opened."""
        data, remote = [], []
        for name, value in strings_in(args):
            if REMOTE.fullmatch(value):
                remote.append({"name": name, "url": value})
                continue
            if MODELGRADED_ARGUMENT.search(name):  # A name in the registry, often that of a data directory too.
                continue
            path = self.locate(name, value, registry_path, own_registry_only)
            if path is None:
                if unread is not None and name not in unread and last_key(name).endswith("_jsonl") and value:
                    near = self._near(value, registry_path)
                    self._problems.add("missing-data", subject, f"{name}: there is no file {value}", near)
                continue
            for file in [path] if os.path.isfile(path) else all_files(path, self._basis.seen):
                label = self._label(file, value, registry_path)
                file = os.path.abspath(file)
                data.append({"name": "samples" if name == "samples_jsonl" else name, "path": file, "label": label})
                if self._is_pointer(file):
                    message = f"{name}: {label} is a Git LFS pointer, not the data itself"
                    self._problems.add("lfs-pointer", subject, message)
        return data, remote

    def locate(self, name, value, registry_path, own_registry_only=()):
        """The file or directory that an argument names, or None."""
        if not value.strip() or "\n" in value or "\0" in value or len(value) > 1000:
            return None
        self._basis.seen(value)
        if os.path.isfile(value):
            return value
        for root in self._roots(registry_path, name in own_registry_only):
            path = os.path.join(root, value)
            self._basis.seen(path)
            if os.path.isfile(path) or (os.path.isdir(path) and not contains(path, root)):
                return path
        # A bare word is more often a mode or a subject than a directory that happens to be here.
        if "/" not in value and os.sep not in value or WRITTEN_DIRECTORY.search(last_key(name)):
            return None
        return value if os.path.isdir(value) and not contains(value, os.getcwd()) else None

    def count_samples(self, path, subject):
        """Lines of what evals.data.get_jsonl reads; one each is one sample. None when it cannot be read."""
        counts = [self._count_lines(file, subject) for file in jsonl_files(path)]
        return None if None in counts else sum(counts)

    def _count_lines(self, path, subject):
        if path not in self._lines:
            try:
                self._lines[path] = count_lines(path)
            except Exception as error:
                self._lines[path] = None
                self._problems.add("unreadable-data", subject, f"{os.path.basename(path)}: {words(error)}")
        return self._lines[path]

    def _roots(self, registry_path, own_registry_only=False):
        own = [] if registry_path is None else [os.path.join(str(registry_path), "data")]
        return own if own_registry_only else [*own, self._package_root]

    def _label(self, path, value, registry_path):
        """The path below the root it was found in. An absolute path below none of them keeps only its name."""
        for root in [*self._roots(registry_path), os.getcwd()]:
            if contains(root, path):
                return Path(os.path.relpath(path, root)).as_posix()
        if not os.path.isabs(path):
            return Path(os.path.normpath(path)).as_posix()
        above = os.path.dirname(os.path.normpath(value)) if os.path.isabs(value) else os.path.dirname(path)
        return Path(os.path.relpath(path, above)).as_posix()

    def _is_pointer(self, path):
        if path not in self._pointers:
            try:
                with open(path, "rb") as file:
                    self._pointers[path] = file.read(len(LFS_POINTER)) == LFS_POINTER
            except OSError:
                self._pointers[path] = False
        return self._pointers[path]

    def _near(self, value, registry_path):
        folder, name = os.path.split(value)
        try:
            names = os.listdir(os.path.join(self._roots(registry_path)[0], folder))
        except (OSError, ValueError):
            return []
        return [f"{folder}/{near}" if folder else near for near in self._problems.near(name, names)]


def last_key(name):
    """The innermost key of a dotted name, positions in lists left out."""
    return next((part for part in reversed(name.split(".")) if not part.isdigit()), name)


def all_files(directory, seen):
    files, visited = [], set()
    for folder, folders, names in os.walk(directory, followlinks=True):
        real = os.path.realpath(folder)
        if real in visited:  # A link back up.
            folders[:] = []
            continue
        visited.add(real)
        seen(folder)
        folders[:] = [name for name in folders if name not in ("__pycache__", ".git")]
        files += [os.path.join(folder, name) for name in names]
    for path in files:
        if not os.path.isfile(path):  # A link to nothing, which may be there tomorrow.
            seen(path)
    return sorted(path for path in files if os.path.isfile(path))


def jsonl_files(path):
    """As evals.data.get_jsonl: of a directory only what is named *.jsonl, directories of that name included."""
    if not os.path.isdir(path):
        return [path]
    names = sorted(name for name in os.listdir(path) if name.endswith(".jsonl"))
    return [file for name in names for file in jsonl_files(os.path.join(path, name))]


def contains(directory, path):
    directory, path = os.path.abspath(directory), os.path.abspath(path)
    return path == directory or path.startswith(directory.rstrip(os.sep) + os.sep)


def strings_in(value, name=""):
    """Every string below a spec's arguments, with its dotted name."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from strings_in(item, f"{name}.{key}" if name else str(key))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from strings_in(item, f"{name}.{index}")


def count_lines(path):
    if path.endswith((".gz", ".lz4", ".zst")):
        from evals.data import open_by_file_pattern

        stream = open_by_file_pattern(path, mode="rb")
    else:
        stream = open(path, "rb")
    count, last = 0, b""
    with stream as file:
        while True:
            chunk = file.read(1 << 20)
            if not chunk:
                return count + (1 if last and last != b"\n" else 0)
            count += chunk.count(b"\n")
            last = chunk[-1:]


# ------------------------------------------------------------------------------------------ completion functions


class CompletionFns:
    """What each model name stands for, as far as it can be told without asking the API."""

    def __init__(self, registry, classes, sources, data_files, problems, todays_models):
        self._registry = registry
        self._classes = classes
        self._sources = sources
        self._data_files = data_files
        self._problems = problems
        self._todays_models = todays_models

    def describe(self, name, completion_args):
        entry = self._entry(name, completion_args)
        references = {}
        self._follow(entry, references)
        references.pop(name, None)
        entry["references"] = list(references.values())
        entry["needs_api_key"] = entry["needs_api_key"] or any(
            reference["needs_api_key"] for reference in entry["references"]
        )
        return entry

    def _names(self):
        return {**self._registry._completion_fns, **getattr(self._registry, "_solvers", {})}

    def _entry(self, name, completion_args):
        from evals.registry import is_chat_model

        # The order of evals.registry.Registry.make_completion_fn, without its question to the API.
        if name == "dummy":
            return new_completion_fn(name, "dummy", False)
        if is_chat_model(name):
            return new_completion_fn(name, "openai-chat", True)
        names = self._names()
        if name not in names:
            entry = new_completion_fn(name, "api-model", True)
            entry["near"] = self._problems.near(name, names)
            if self._todays_models:
                entry["api"] = "completions" if todays_models.is_legacy_completion_model(name) else "chat"
            return entry
        entry = new_completion_fn(name, "registry", False)
        spec = self._registry.get_completion_fn(name)
        if spec is None:
            return entry  # Its alias or its shape is broken, which is on the list already.
        args = {**copy.deepcopy(spec.args or {}), **completion_args}
        raw = names.get(spec.key, {})
        self._fill(entry, name, spec.cls, args, raw.get("registry_path") if isinstance(raw, dict) else None)
        return entry

    def _fill(self, entry, name, reference, args, registry_path):
        entry["spec"] = {"cls": reference, "args": jsonable(args)}
        cls, why = self._classes.load(reference)
        if cls is None:
            self._problems.add("completion-fn-import", name, why)
            return
        entry["sources"], entry["packages"] = self._sources.of(cls)
        entry["data"], entry["remote"] = self._data_files.find(args, registry_path, name)
        entry["needs_api_key"] = is_openai(cls, args)

    def _follow(self, entry, found):
        """Adds the completion functions that the arguments name: by name, or by class (a nested solver)."""
        from evals.registry import is_chat_model, n_ctx_from_model_name

        if entry["name"] in found or entry["spec"] is None:
            found.setdefault(entry["name"], entry)
            return
        found[entry["name"]] = entry
        for argument, value in strings_in(entry["spec"]["args"]):
            key = last_key(argument)
            if CLASS_REFERENCE.fullmatch(value) and re.search(r"(^|_)class$", key):
                nested = new_completion_fn(value, "registry", False)
                if value not in found:
                    self._fill(nested, entry["name"], value, {}, None)
            elif value in self._names():
                nested = self._entry(value, {}) if value not in found else found[value]
            elif re.search(r"(completion_fn|solver)s?$", key) and value != "dummy":
                # Any other argument may well hold a model's name for an API that is not OpenAI's.
                if not is_chat_model(value) and n_ctx_from_model_name(value) is None:
                    continue
                nested = self._entry(value, {})
            else:
                continue
            if nested["name"] not in found:
                self._follow(nested, found)


def new_completion_fn(name, kind, needs_api_key):
    return {
        "name": name,
        "kind": kind,
        "api": None,
        "needs_api_key": needs_api_key,
        "spec": None,
        "sources": [],
        "packages": [],
        "data": [],
        "remote": [],
        "references": [],
        "near": [],
    }


OPENAI_MODULES = ("evals.completion_fns.openai", "evals.solvers.providers.openai")


def is_openai(cls, args):
    """Whether the class asks OpenAI's API. One derived elsewhere does, unless it is told of another API or key;
    evals' own derived ones (Together) have a key of their own."""

    def openai(module):
        return module.startswith(OPENAI_MODULES)

    if openai(getattr(cls, "__module__", "") or ""):
        return True
    if not inspect.isclass(cls) or cls.__module__.startswith("evals."):
        return False
    derived = any(openai(base.__module__) for base in inspect.getmro(cls))
    names = {name.rpartition(".")[2] for name, _ in strings_in(args)}
    return derived and not names & {"api_key", "api_base", "base_url"}


# -------------------------------------------------------------------------------------------------------- evals


class EvalsOfSet:
    def __init__(self, registry, classes, sources, data_files, arguments, problems):
        self._registry = registry
        self._classes = classes
        self._sources = sources
        self._data_files = data_files
        self._arguments = arguments
        self._problems = problems

    def select(self, name):
        """The specs of the set, in the order and with the repetitions left out of evals.cli.oaievalset.run."""
        eval_sets = self._registry._eval_sets
        if name not in eval_sets:
            if name in self._registry._evals:
                self._problems.add("unknown-set", name, "it is an eval, not an eval set: put it into a set")
            else:
                near = self._problems.near(name, eval_sets)
                self._problems.add("unknown-set", name, "no registry has an eval set of this name", near)
            return []
        eval_set = self._registry.get_eval_set(name)
        if eval_set is None:
            return []
        if not eval_set.evals:
            self._problems.add("empty-set", name, "the eval set lists no evals")
            return []
        # What evals' get_evals finds with all patterns together, which compares each with each name: too long for many.
        listed = set()
        for pattern in eval_set.evals:
            try:
                names = self._registry.names_matching(pattern)
            except re.error as error:
                self._problems.add("unmatched-name", pattern, f"it is not a valid pattern: {words(error)}")
                continue
            if not names:
                near = self._problems.near(pattern.replace("*", ""), self._registry._evals)
                why = f"the eval set {name} names an eval that is not there"
                self._problems.add("unmatched-name", pattern, why, near)
            listed.update(names)
        specs = {}
        for spec in (self._registry.get_eval(key) for key in self._registry._evals if key in listed):
            if spec is not None and spec.key:
                specs.setdefault(spec.key, spec)
        return list(specs.values())

    def describe(self, spec):
        key = spec.key
        if "." not in key or one_line(key) != key:
            why = "an eval's name needs a split behind a dot, as in my-eval.dev.v0, and no control characters"
            self._problems.add("bad-eval-name", key, why)
        args = {**copy.deepcopy(spec.args or {}), **self._arguments["extra_eval_params"]}
        cls, why = self._classes.load(spec.cls)
        sources, packages = [], []
        if cls is None:
            self._problems.add("class-import", key, why)
        else:
            sources, packages = self._sources.of(cls)
        named = {**default_jsonl_arguments(cls), **args}
        own_registry_only = own_registry_arguments(cls)
        data, remote = self._data_files.find(
            named, spec.registry_path, key, own_registry_only, unread=unread_arguments(cls, args)
        )
        base = key.partition(".")[0]
        return {
            "key": key,
            "base": base,
            "spec": {"cls": spec.cls, "args": jsonable(args)},
            **self._base_eval(base),
            "modelgraded": self._modelgraded(key, args),
            "sources": sources,
            "packages": packages,
            "data": data,
            "remote": remote,
            "samples": self._samples(key, named, spec.registry_path, own_registry_only),
        }

    def _base_eval(self, name):
        try:
            base = self._registry.get_base_eval(name)
            return {"metrics": list(base.metrics or []), "higher_is_better": bool(base.higher_is_better)}
        except Exception:  # Absent or odd: oaieval does not look at it, so neither is a problem.
            return {"metrics": [], "higher_is_better": True}

    def _modelgraded(self, key, args):
        specs = {}
        for argument, name in strings_in(args):
            if not MODELGRADED_ARGUMENT.search(argument):
                continue
            known = self._registry._modelgraded_specs
            if name not in known:
                near = self._problems.near(name, known)
                self._problems.add("missing-modelgraded", key, f"Modelgraded spec {name} not found", near)
                continue
            spec = self._registry.get_modelgraded_spec(name)
            if spec is not None:
                fields = {field: value for field, value in vars(spec).items() if not field.startswith("_")}
                fields.pop("group", None)
                fields.pop("registry_path", None)
                specs[name] = {"name": name, "spec": jsonable(fields)}
        return list(specs.values())

    def _samples(self, key, args, registry_path, own_registry_only):
        """Lines of samples_jsonl, cut as evals.eval._index_samples does. A class may choose among them."""
        value = args.get("samples_jsonl")
        if not isinstance(value, str) or REMOTE.fullmatch(value):
            return None
        path = self._data_files.locate("samples_jsonl", value, registry_path, own_registry_only)
        count = None if path is None else self._data_files.count_samples(path, key)
        return None if count is None else len(range(count)[: self._arguments["max_samples"]])


def default_jsonl_arguments(cls):
    """Data files that a class names itself, as defaults of its constructor."""
    return {
        name: default
        for name, default in constructor_defaults(cls).items()
        if name.endswith("_jsonl") and isinstance(default, str)
    }


def unread_arguments(cls, args):
    """evals.elsuite.basic.match and translate open few_shot_jsonl only when shots are asked for."""
    defaults = constructor_defaults(cls)
    shots = args.get("num_few_shot", defaults.get("num_few_shot"))
    return {"few_shot_jsonl"} if "num_few_shot" in defaults and not shots else set()


def own_registry_arguments(cls):
    """Eval.get_samples looks below the registry of the spec only, so data of evals' own registry is out of reach of
    an eval in another one."""
    from evals.eval import Eval

    names = ("get_samples", "_get_samples_path", "_prefix_registry_path")
    inherited = all(hasattr(Eval, name) and getattr(cls, name, None) is getattr(Eval, name) for name in names)
    return {"samples_jsonl"} if inherited else set()


def constructor_defaults(cls):
    try:
        parameters = inspect.signature(cls.__init__).parameters.values()
    except (AttributeError, TypeError, ValueError):
        return {}
    return {each.name: each.default for each in parameters if each.default is not inspect.Parameter.empty}


# -------------------------------------------------------------------------------------------------------- output


def jsonable(value):
    """YAML has more types than JSON. Each value keeps a form of its own, so that a change stays visible."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if abs(value) <= 2**53 - 1 else {"$int": str(value)}
    if isinstance(value, float):
        return value if math.isfinite(value) else {"$float": str(value)}
    if isinstance(value, dict):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return {"$set": sorted((jsonable(item) for item in value), key=json.dumps)}
    if isinstance(value, (datetime.date, datetime.time)):
        return {"$date": value.isoformat()}
    if isinstance(value, bytes):
        return {"$bytes": value.hex()}
    return {"$" + type(value).__name__: str(value)}


def evals_version():
    try:
        return importlib.metadata.version("evals")
    except importlib.metadata.PackageNotFoundError:
        return ""


def make_plan(request, problems):
    import evals.cli.oaieval  # Without it there is no plan at all: left to end this process.

    plan = {
        "version": 1,
        "python_version": ".".join(map(str, sys.version_info[:3])),
        "evals_version": evals_version(),
        "evals_location": os.path.dirname(os.path.abspath(evals.__file__)),
        "registry_paths": [],
        "arguments": {"max_samples": None, "seed": 0, "extra_eval_params": {}, "completion_args": {}},
        "completion_fns": [],
        "evals": [],
        "problems": problems.found,
        "basis": {"files": [], "directories": [], "absent": []},
    }
    registry = open_registry(request["registry_paths"], problems)
    try:
        fill_plan(plan, request, registry, problems)
    except IMPORT_ERRORS as error:
        problems.unexpected(request["eval_set"], error)
    return plan, registry


def fill_plan(plan, request, registry, problems):
    arguments = read_arguments(request, problems)
    plan["arguments"] = jsonable(arguments)
    plan["registry_paths"] = [os.path.abspath(path) for path in registry._registry_paths]
    basis = Basis()
    basis.search_path()
    for path in registry._registry_paths:
        basis.registry(path)
    classes, sources, data_files = Classes(), Sources(), DataFiles(problems, basis)

    completion_fns = CompletionFns(registry, classes, sources, data_files, problems, request["todays_models"])
    for name in request["model"].split(","):
        if not name:
            problems.add("empty-model-name", request["model"], "the list of models holds an empty name")
            continue
        try:
            plan["completion_fns"].append(completion_fns.describe(name, arguments["completion_args"]))
        except IMPORT_ERRORS as error:
            problems.unexpected(name, error)

    evals_of_set = EvalsOfSet(registry, classes, sources, data_files, arguments, problems)
    for spec in evals_of_set.select(request["eval_set"]):
        try:
            plan["evals"].append(evals_of_set.describe(spec))
        except IMPORT_ERRORS as error:
            problems.unexpected(spec.key, error)
    # What is imported may have changed sys.path.
    basis.search_path()
    basis.modules(sources)
    plan["basis"] = basis.described()


def see_modules_as_oaieval_does():
    """oaieval is a console script: it imports from the directory of scripts and from PYTHONPATH, not from the working
    directory, and certainly not from the directory of this file."""
    own = os.path.dirname(os.path.realpath(__file__))
    if sys.path and os.path.realpath(sys.path[0]) == own:
        sys.path[0] = os.path.dirname(sys.executable)


def answer(request_path, output_path):
    """Writes the answer to the request, whole or not at all. Returns the registry it was read from."""
    with open(request_path, encoding="utf-8") as file:
        request = json.load(file)
    # evals builds a client at import, which needs a key, though no request is sent.
    if not os.environ.get("OPENAI_API_KEY"):
        os.environ["OPENAI_API_KEY"] = "not-needed-to-plan"
    plan, registry = make_plan(request, Problems())
    partial = output_path + ".partial"
    with open(partial, "w", encoding="utf-8") as file:
        json.dump(plan, file, allow_nan=False)
    os.replace(partial, output_path)
    return registry


def main():
    parser = argparse.ArgumentParser(description="What an eval set means today, as JSON.")
    parser.add_argument("--request", required=True)
    parser.add_argument("--output", required=True)
    options = parser.parse_args()

    os.dup2(2, 1)
    see_modules_as_oaieval_does()
    answer(options.request, options.output)
    sys.stdout.flush()
    sys.stderr.flush()
    # Imported modules may have left threads behind, which would keep this process alive.
    os._exit(0)


if __name__ == "__main__":
    main()
