"""Reads a registry file as evals does, faster where that makes no difference.

PyYAML has two parsers: its own, which evals uses, and libyaml's, five times as fast. They differ: libyaml refuses escaped
surrogate pairs, and takes tabs, some colons and some characters that PyYAML's own refuses. So libyaml's answer counts for
text that is too plain for a difference, and for the files that come with evals, of which a test knows that there is none.
"""
import os
import re

NAME = r"[A-Za-z0-9_][A-Za-z0-9_./@-]{0,200}"
WORD = r"[A-Za-z0-9_./][A-Za-z0-9_./@+-]{0,200}(?::[A-Za-z0-9_./@+-]{1,200}){0,3}"
VALUE = rf"{WORD}(?: {WORD}){{0,40}}"
PLAIN = re.compile(rf"(?: *(?:- )?{NAME}:(?: {VALUE})?\n| *- {VALUE}\n|\n| *#[ -~]*\n)*")


def read_entries(path, comes_with_evals):
    """What evals makes of a registry file: its entries, or None when it holds none. Throws what evals would throw."""
    import yaml

    if not os.path.isfile(path):
        # A pipe would be waited for.
        raise OSError("it is not a regular file, or a link that leads to none")
    with open(path, "r", encoding="utf-8") as file:
        text = file.read()
        entries = None
        if yaml.__with_libyaml__ and (comes_with_evals or PLAIN.fullmatch(text)):
            try:
                entries = yaml.load(text, Loader=yaml.CSafeLoader)
            except (yaml.YAMLError, ValueError):
                pass  # evals' own parser may take it; if not, its words are those that users know.
        if entries is None:
            file.seek(0)
            entries = yaml.safe_load(file)
    return entries if isinstance(entries, dict) else None
