"""evals' own Registry, which here reports defects of registry files and continues, where evals would stop or hang.

Evals that are forked from the warm host use the registry that was read here, so that a defect in something that the set does
not use cannot stop it. An `oaieval` in a process of its own reads all registries again, and stops at the defect.
"""
import os
import re

from .problems import in_own_words
from .registry_errors import entry_problem, file_problem, repeated_keys, shape_of
from .registry_paths import RegistryPaths
from .registry_text import names_any, read_entries

# A pattern of an eval set that matches only itself. Patterns are regular expressions in which `.` is literal.
PLAIN_NAME = re.compile(r"[\w./:@-]+")

# The directories of a registry, by the word that evals uses when it looks up an entry.
KINDS = {
    "eval": "evals",
    "eval set": "eval_sets",
    "completion_fn": "completion_fns",
    "solver": "solvers",
    "modelgraded spec": "modelgraded",
}

# Problems that an entry missing from a registry causes.
NOT_FOUND = frozenset(["unknown-set", "unmatched-name", "missing-modelgraded", "empty-set"])


class Defect:
    """A defect of a registry file. evals would stop at it, or silently read something else (`repeated-key`)."""

    def __init__(self, kind, code, subject, message, names, path):
        self.kind, self.code, self.subject, self.message, self.path = kind, code, subject, message, path
        # The names of the defective entries; None when the file as a whole cannot be read.
        self.names = names


def pattern_of(name):
    """The regular expression that evals.registry.Registry.get_evals makes of a name."""
    return re.compile("^" + name.replace(".", "\\.").replace("*", ".*") + "$")


def open_registry(paths, problems):
    """Returns a registry without the defective entries. `report_defects` decides whether the set may run without them."""
    import evals.registry

    own_folder = os.path.join(os.path.dirname(os.path.abspath(evals.registry.__file__)), "registry")
    installed = not {"site-packages", "dist-packages"}.isdisjoint(own_folder.split(os.sep))

    class ReportingRegistry(evals.registry.Registry):
        def __init__(self):
            super().__init__()
            self.given_paths = RegistryPaths(paths, problems)
            self.defects = []
            self._kind = None
            self._first_paths = {}
            self._bad_names = set()
            self._matched = None
            self._used = set()
            self._patterns = []
            self._left_out = frozenset()

        def names_matching(self, pattern):
            """The names of evals that match the pattern, in the order of the registry. A plain name is looked up; any other
            pattern is compared with all names by evals itself."""
            if PLAIN_NAME.fullmatch(pattern):
                # evals matches with `$`, which also matches before a final line break.
                return [name for name in (pattern, pattern + "\n") if name in self._evals]
            self._patterns.append(pattern_of(pattern))
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

        def refused_names(self):
            """The names of defective entries that the patterns so far match."""
            defects = [defect for defect in self.defects if defect.kind == "evals" and defect.names is not None]
            return [name for defect in defects for name in defect.names if self._is_matched(name)]

        def leave_out(self, names):
            """Defects of these evals do not keep the set from running."""
            self._left_out = frozenset(names)

        def _is_matched(self, name):
            return isinstance(name, str) and any(pattern.match(name) for pattern in self._patterns)

        def report_defects(self, names, unread_kinds, shared):
            """Reports each defect as a problem, or as a warning when it cannot stop the set: the set does not use the entry,
            and its evals either use this registry (`shared`) or do not read entries of this kind. `names` are the names
            that were looked up besides the evals of the set."""
            wanted = {name for _, name in self._used} | set(names)
            missing = any(problem["code"] in NOT_FOUND for problem in problems.found)
            for defect in self.defects:
                stops = defect.code != "repeated-key" and (missing or not shared) and defect.kind not in unread_kinds
                if stops or self._uses(defect, wanted):
                    problems.add(defect.code, defect.subject, defect.message)
                elif defect.code != "repeated-key":
                    why = "The set does not use it, so it is ignored here. oaieval alone would stop at it"
                    problems.warn(defect.code, defect.subject, f"{defect.message}. {why}")

        def _uses(self, defect, wanted):
            if defect.names is not None:
                return any(
                    name in wanted
                    or defect.kind == "evals" and self._is_matched(name) and name not in self._left_out
                    for name in defect.names
                )
            # A pattern may match an entry of a file that cannot be read.
            return defect.kind == "evals" and bool(self._patterns) or names_any(defect.path, wanted)

        def _load_file(self, path):
            try:
                comes_with_evals = installed and os.path.abspath(path).startswith(own_folder + os.sep)
                entries, repeated = read_entries(path, comes_with_evals)
            except Exception as error:
                self._defect("bad-registry", path, file_problem(error, path), None, path)
                return
            for name, keys in repeated.items():
                self._defect("repeated-key", path, repeated_keys(keys), [name], path)
            for name, spec in (entries or {}).items():
                yield name, path, spec

        def _load_resources(self, registry_path, resource_type):
            self._kind = resource_type
            duplicates = {}
            for name, path, spec in super()._load_resources(registry_path, resource_type):
                first = self._first_paths.get((resource_type, name))
                why = self._reason_to_refuse(name, path, spec, resource_type)
                if first:
                    duplicates.setdefault(path, []).append((name, first))
                    continue
                self._first_paths[resource_type, name] = path
                if why:
                    self._defect("bad-registry", path, why, [name], path)
                else:
                    yield name, path, spec
            for path, entries in duplicates.items():
                name, first = entries[0]
                more = f", and {len(entries) - 1} more of this file" if len(entries) > 1 else ""
                known = f"evals' own {os.path.basename(first)}" if str(first).startswith(own_folder + os.sep) else first
                why = f"{path} registers it again, but it is already in {known}{more}"
                self._defect("duplicate-entry", name, why, [each for each, _ in entries], path)

        def _defect(self, code, subject, message, names, path):
            self.defects.append(Defect(self._kind, code, subject, message, names, path))

        def _reason_to_refuse(self, name, path, spec, resource_type):
            if resource_type == "evals" and not isinstance(name, str):
                return f"the name {name!r} is not text; put it in quotes"
            if not isinstance(spec, dict):
                example = f", such as {name}: {{id: {spec}}}" if resource_type == "evals" and isinstance(spec, str) else ""
                return f"the entry '{name}' of {resource_type} is {shape_of(spec)}, but must be a mapping{example}"
            try:
                self._validate_reserved_keywords(spec, name, path)
            except ValueError as error:
                return in_own_words(error)
            return None

        def _dereference(self, name, d, object, type, **kwargs):
            for each in chain_of(name, d):
                self._used.add((KINDS.get(object), each))
            if (object, name) in self._bad_names:
                return None
            subject, why, near = broken_alias(name, d, problems)
            if why is None:
                spec = d.get(chain_of(name, d)[-1])
                why, near = (entry_problem(object, spec, type) if isinstance(spec, dict) else None) or (None, ())
                if why is not None:
                    why = f"in {self._file_of(object, spec)}, {why}"
            if why is None:
                try:
                    return super()._dereference(name, d, object, type, **kwargs)
                except Exception as error:
                    why = f"the {object} {name} is not valid: {in_own_words(error)}"
            self._bad_names.add((object, name))
            problems.add("bad-registry", subject, why, near)
            return None

        def _file_of(self, object, spec):
            kinds = (KINDS.get(object), "solvers")
            return next((path for kind in kinds for path in [self._first_paths.get((kind, spec.get("key")))] if path), "a registry")

        def explain_missing_name(self, kind, name):
            """Whether a defect is why a name is not found. It is then a problem, instead of the name."""
            found = [
                defect
                for defect in self.defects
                if defect.kind == kind and (name in defect.names if defect.names is not None else names_any(defect.path, [name]))
            ]
            for defect in found:
                problems.add(defect.code, defect.subject, defect.message)
            return bool(found) or self.given_paths.explain_missing_name()

    paths = list(paths)
    registry = ReportingRegistry()
    registry.add_registry_paths(paths)
    return registry


def chain_of(name, entries):
    """A name and, if it is an alias, the names it leads to."""
    chain = [name]
    while isinstance(chain[-1], str) and chain[-1] in entries:
        entry = entries[chain[-1]]
        target = entry.get("id") if isinstance(entry, dict) else entry
        if not isinstance(target, str) or target in chain:
            break
        chain.append(target)
    return chain


def broken_alias(name, entries, problems):
    """(subject, why, near): why the alias does not lead to an entry, or None. evals would raise KeyError or loop indefinitely."""
    chain = [name]
    while chain[-1] in entries:
        entry = entries[chain[-1]]
        target = entry.get("id") if isinstance(entry, dict) else entry
        if target is None:
            return name, None, ()
        if not isinstance(target, str):
            return name, f"the id of '{chain[-1]}' is {target!r}, but must be a name", ()
        if target in chain:
            # The same loop, whichever of its names is looked up.
            loop = chain[chain.index(target) :]
            first = loop.index(min(loop))
            loop = [*loop[first:], *loop[:first]]
            return loop[0], f"each id names the next, in a circle: {' -> '.join([*loop, loop[0]])}", ()
        chain.append(target)
    if len(chain) == 1:
        return name, None, ()  # Not an alias. The caller handles unknown names.
    why = f"'{chain[-2]}' is an alias of '{chain[-1]}', which the registry does not have"
    return name, why, problems.near(chain[-1], entries)
