"""Starts one of the programs of this package:

    python <this file> plan --request request.json --output plan.json
    python <this file> host <path of the Unix socket that evals print to>
    python <this file> oaieval [--chat-fallback] <arguments of oaieval>

The file is run by its path, not with `-m`, `-I` or PYTHONPATH: those would reach every process that an eval starts.
"""
import importlib
import importlib.util
import os
import sys

PROGRAMS = ("plan", "host", "oaieval")
DIRECTORY = os.path.dirname(os.path.realpath(__file__))
PACKAGE = os.path.basename(DIRECTORY)


def import_like_oaieval():
    """Makes sys.path what it is in the console script `oaieval`: it begins with the directory of scripts instead of the
    directory of this file. With PYTHONSAFEPATH neither of them is on it."""
    if sys.path and os.path.realpath(sys.path[0]) == DIRECTORY:
        sys.path[0] = os.path.dirname(sys.executable)


def load_package():
    """Loads this package from its own directory, wherever sys.path leads."""
    init = os.path.join(DIRECTORY, "__init__.py")
    spec = importlib.util.spec_from_file_location(PACKAGE, init, submodule_search_locations=[DIRECTORY])
    package = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = package
    spec.loader.exec_module(package)


def main():
    import_like_oaieval()
    load_package()
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in PROGRAMS:
        sys.exit(f"usage: {os.path.basename(sys.executable)} {__file__} {{{','.join(PROGRAMS)}}} ...")
    program = importlib.import_module(f"{PACKAGE}.{name}")
    return program.main(sys.argv[2:])


# A process that multiprocessing starts runs the main module again under another name.
if __name__ == "__main__":
    sys.exit(main())
