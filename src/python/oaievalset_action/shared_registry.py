"""Gives the registry that the host has read to the evals that are forked from it."""


def share_registry(loaded):
    """Makes the first Registry of a process that reads the same directories use what the host has read."""
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
        # Only once, because an eval changes the registry that it uses.
        same = tuple(map(str, registry_paths)) == paths
        raw = kinds.pop(resource_type, None) if same else None
        return read(self, registry_paths, resource_type) if raw is None else raw

    Registry._load_registry = load
