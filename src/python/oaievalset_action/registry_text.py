"""Reads a registry file as evals does, but with a faster parser where the result is the same.

PyYAML has two parsers: its own, which evals uses, and libyaml's, which is five times as fast. They differ: libyaml refuses
escaped surrogate pairs, and accepts tabs, some colons and some characters that PyYAML's own parser refuses. Therefore libyaml
reads only text that is too plain for a difference, and the files that come with evals, which a test compares.
"""
import os
import re

NAME = r"[A-Za-z0-9_][A-Za-z0-9_./@-]{0,200}"
WORD = r"[A-Za-z0-9_./][A-Za-z0-9_./@+-]{0,200}(?::[A-Za-z0-9_./@+-]{1,200}){0,3}"
VALUE = rf"{WORD}(?: {WORD}){{0,40}}"
PLAIN = re.compile(rf"(?: *(?:- )?{NAME}:(?: {VALUE})?\n| *- {VALUE}\n|\n| *#[ -~]*\n)*")


def read_entries(path, comes_with_evals):
    """(entries, repeated): the entries that evals reads from a registry file, or None when it has none, and by entry the keys
    that are in it twice: (key, line, earlier line). Raises what evals would raise."""
    import yaml

    if not os.path.isfile(path):
        # Opening a pipe would wait for a writer.
        raise OSError("it is not a regular file")
    with open(path, "r", encoding="utf-8") as file:
        text = file.read()
        entries, loader = None, None
        loader_of = (lambda parser: parser) if comes_with_evals else noting
        if yaml.__with_libyaml__ and (comes_with_evals or PLAIN.fullmatch(text)):
            try:
                entries, loader = load(text, loader_of(yaml.CSafeLoader))
            except (yaml.YAMLError, ValueError):
                pass  # evals' own parser may accept it. If not, its messages are the ones that users know.
        if entries is None:
            file.seek(0)
            entries, loader = load(file, loader_of(yaml.SafeLoader))
    repeated = {} if comes_with_evals else by_entry(loader)
    return (entries, repeated) if isinstance(entries, dict) else (None, {})


def load(stream, parser):
    loader = parser(stream)
    try:
        return loader.get_single_data(), loader
    finally:
        loader.dispose()


def noting(parser):
    """A loader that notes keys which a mapping has twice. YAML keeps the last one."""

    class NotingLoader(parser):
        top = ()

        def __init__(self, stream):
            super().__init__(stream)
            self.repeated = []

        def construct_document(self, node):
            self.top = getattr(node, "value", ())
            return super().construct_document(node)

        def construct_mapping(self, node, deep=False):
            seen = {}
            for key, _ in node.value if isinstance(node.value, list) else ():
                if not isinstance(key.value, str) or key.tag.endswith(":merge"):
                    continue
                line = key.start_mark.line + 1
                if key.value in seen:
                    self.repeated.append((key.value, line, seen[key.value]))
                seen[key.value] = line
            return super().construct_mapping(node, deep)

    return NotingLoader


def by_entry(loader):
    """The repeated keys, by the top-level key that they are in or are."""
    entries = [pair[0] for pair in loader.top if isinstance(pair, tuple)]
    found = {}
    for key, line, earlier in loader.repeated:
        above = [entry.value for entry in entries if entry.start_mark.line < line]
        if above:
            found.setdefault(above[-1], []).append((key, line, earlier))
    return found


def names_any(path, wanted):
    """Whether a file that cannot be parsed seems to have one of the entries."""
    if not os.path.isfile(path):
        return False
    try:
        with open(path, "rb") as file:
            text = file.read(1 << 22).decode("utf-8", "replace")
    except OSError:
        return False
    keys = {match.strip("\"' ") for match in re.findall(r"(?m)^[ {\t\ufeff]*(\"[^\"\n]*\"|'[^'\n]*'|[^\s:#][^:\n]*):", text)}
    return not keys.isdisjoint(str(name).strip() for name in wanted)
