"""Paths in messages between this process and Node.js, which represents them as UTF-8.

A file name is bytes. Bytes that are not text become surrogate escapes, here and in JSON (PEP 383), and src/plan/path-bytes.ts
turns them back into the same bytes. Where Python uses another encoding for file names, they are decoded again as UTF-8.
"""
import os


def to_wire(path):
    return os.fsencode(path).decode("utf-8", "surrogateescape")


def from_wire(text):
    return os.fsdecode(text.encode("utf-8", "surrogateescape"))
