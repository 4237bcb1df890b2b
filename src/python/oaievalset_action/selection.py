"""Which evals a set has, and which of them are chosen. What is left out is not loaded, because it may be impossible to load."""
import re
from collections import Counter

from .globs import glob_of
from .not_found import NotFound
from .registry import chain_of

SHOWN_NAMES = 3


class Selection:
    def __init__(self, registry, globs, problems):
        self._registry = registry
        self._globs = globs
        self._problems = problems
        self._not_found = NotFound(registry, problems)
        # By key, the names that globs are compared with. A name that no registry has is its own key.
        self._names = {}
        self._keys_with = Counter()
        self._left_out = set()

    @property
    def left_out(self):
        """The keys of the evals of the set that are not part of the plan, in the order in which the set lists them."""
        return [key for key in self._names if key in self._left_out]

    @property
    def chosen_count(self):
        return len(self._names) - len(self._left_out)

    def specs(self, name):
        """The specs of the chosen evals of the set, in the order of evals.cli.oaievalset.run, each once."""
        if name not in self._registry._eval_sets:
            self._not_found.eval_set(name)
            return []
        eval_set = self._registry.get_eval_set(name)
        if eval_set is None:
            return []
        if not eval_set.evals:
            self._problems.add("empty-set", name, "the eval set lists no evals")
            return []
        listed, unknown = self._names_matching(eval_set.evals)
        self._choose([*listed, *unknown], name)
        for each in unknown:
            if self._is_chosen(each):
                with self._problems.of_eval(glob_of(each)):
                    self._not_found.eval_of_set(each, name)
        specs = {}
        for each in self._registry._evals:
            if each in listed and self._is_chosen(each):
                with self._problems.of_eval(self.excluding(self._key_of(each))):
                    spec = self._registry.get_eval(each)
                if spec is not None and spec.key:
                    specs.setdefault(spec.key, spec)
        return list(specs.values())

    def excluding(self, key):
        """The line of the input `exclude` that leaves out this eval and no other one."""
        base = base_of(key)
        return glob_of(base if self._keys_with[base] == 1 else key)

    def _names_matching(self, patterns):
        """(listed, unknown): what evals' get_evals finds for all patterns together, and the patterns that match nothing. It
        compares each pattern with each name, which takes too long for a large set."""
        listed, unknown = {}, []
        for pattern in patterns:
            try:
                names = self._registry.names_matching(pattern)
            except re.error as error:
                self._not_found.invalid_pattern(pattern, error)
                continue
            listed.update(dict.fromkeys(names))
            if not names:
                unknown.append(pattern)
        return listed, unknown

    def _choose(self, names, eval_set):
        for name in [*names, *self._registry.refused_names()]:
            key = self._key_of(name)
            self._names.setdefault(key, {}).update(dict.fromkeys([name, key, base_of(key)]))
        self._keys_with.update(name for names_of_key in self._names.values() for name in names_of_key)
        chosen = [key for key, names_of_key in self._names.items() if self._globs.choose(names_of_key)]
        self._left_out = set(self._names).difference(chosen)
        self._registry.leave_out(name for key in self._left_out for name in self._names[key])
        self._report_unmatched(eval_set)
        if self._names and not chosen and not self._globs.unmatched:
            evals = f"all {len(self._names)} evals" if len(self._names) > 1 else "the only eval"
            self._problems.add("nothing-left", eval_set, f"the inputs include and exclude leave out {evals} of the set")

    def _report_unmatched(self, eval_set):
        names = [name for names_of_key in self._names.values() for name in names_of_key]
        for each in self._globs.unmatched:
            near = self._problems.near(each.plain_text, names)
            why = f"it matches no eval of the set {eval_set}"
            if not near and names:
                why += f", which has such names as {', '.join(names[:SHOWN_NAMES])}"
            self._problems.add("unmatched-glob", f"{each.input_name}: {each.text}", why, [glob_of(name) for name in near])

    def _is_chosen(self, name):
        return self._key_of(name) not in self._left_out

    def _key_of(self, name):
        return chain_of(name, self._registry._evals)[-1]


def base_of(key):
    return key.partition(".")[0]
