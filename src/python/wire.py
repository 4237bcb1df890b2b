"""Paths on their way between this process and Node.js, which knows them as UTF-8.

A file name is bytes. What is no text in it is a surrogate escape here and in JSON (PEP 383), and src/plan/path-bytes.ts makes
the same bytes of it again. Where Python takes file names for another encoding, they are read anew as UTF-8 on the way.

Standard library only.
"""
import os


def to_wire(path):
    return os.fsencode(path).decode("utf-8", "surrogateescape")


def from_wire(text):
    return os.fsdecode(text.encode("utf-8", "surrogateescape"))
