"""Reads JSON lines as evals.data.get_jsonl does, and says what is wrong with a line at which it would stop."""
import io
import json
import os
import re

COMPRESSED = (".gz", ".lz4", ".zst")

# A file of this size that has no valid line is parsed as a whole, to find out whether it is one JSON value.
MAX_WHOLE_BYTES = 1 << 26

EXPECTED = (
    ("Expecting property name", "a name in double quotes is expected"),
    ("Expecting value", "a JSON value is expected"),
    ("Expecting ':'", "a colon is expected"),
    ("Expecting ','", "a comma or a closing bracket is expected"),
    ("Extra data", "the end of the line is expected, because a line has one JSON value"),
    ("Unterminated string", "the text that begins here has no closing quote on this line"),
    ("Invalid control character", "a control character in a text has to be written as an escape, such as \\t"),
    ("Invalid \\escape", "a backslash in a text has to be written as \\\\"),
    ("Invalid \\uXXXX escape", "four hexadecimal digits are expected after \\u"),
    ("Illegal trailing comma", "no comma may precede a closing bracket"),
)

scan = json.JSONDecoder().scan_once


class Broken:
    """Where a line is not JSON, and why. `is_whole_file` says that every other line is wrong for the same reason."""

    def __init__(self, column, why, is_whole_file=False):
        self.column, self.why, self.is_whole_file = column, why, is_whole_file


def jsonl_files(path):
    """The files that evals reads, in its order: of a directory only entries named *.jsonl, including directories so named."""
    if not os.path.isdir(path):
        return [path]
    names = [name for name in os.listdir(path) if name.endswith(".jsonl")]
    return [file for name in names for file in jsonl_files(os.path.join(path, name))]


def lines_of(path):
    """The lines of a file, as bytes. In a plain file a line also ends at \\r, in a compressed file only at \\n."""
    with open_bytes(path) as file:
        if path.endswith(COMPRESSED):
            try:
                yield from file
            except io.UnsupportedOperation:
                kind = path[path.rindex(".") :]
                raise OSError(f"the installed packages cannot read the lines of a {kind} file; decompress it") from None
            return
        for line in file:
            if b"\r" in line:
                yield from line.splitlines(keepends=True)
            else:
                yield line


def open_bytes(path):
    if not path.endswith(COMPRESSED):
        return open(path, "rb")
    from evals.data import open_by_file_pattern

    return open_by_file_pattern(path, mode="rb")


def parser_of(path):
    """What makes a value of a line of the file. It raises ValueError where evals does."""
    return json.loads if path.endswith(COMPRESSED) else parse


def parse(line):
    text = line.decode()
    try:
        # Twice as fast as json.loads, which treats all other cases, and raises the errors.
        value, end = scan(text, 0)
        if text[end:] == "\n":
            return value
    except (StopIteration, ValueError):
        pass
    return json.loads(text)


def broken(path, line, error, whole=None):
    """What is wrong with a line that cannot be parsed. `whole` is what `name_of_whole` returns."""
    if isinstance(error, UnicodeDecodeError) or b"\0" in line:
        return not_utf8(line, error)
    text = line.decode("utf-8", "replace")
    if text.startswith("\ufeff"):
        return Broken(1, "the line begins with a byte order mark, which evals cannot read; save the file as UTF-8 without one")
    if not text.strip():
        return Broken(1, "the line is blank, but evals reads a JSON value from each line; remove it")
    if text.lstrip().startswith(("#", "//")):
        return Broken(1, "the line is a comment, which JSON does not have; remove it")
    if path.endswith((".csv", ".tsv")):
        return Broken(1, f"the file is {path[-3:].upper()}, but evals reads JSON from each line of it", is_whole_file=True)
    if whole:
        why = f"the file is one JSON {whole} over several lines, but evals reads a JSON value from each line"
        return Broken(1, why, is_whole_file=True)
    if not isinstance(error, json.JSONDecodeError):
        return Broken(1, str(error))
    return expected(text, error)


def not_utf8(line, error):
    if b"\0" in line:
        return Broken(1, "the file seems to be UTF-16, but evals reads UTF-8; save it as UTF-8", is_whole_file=True)
    column = len(line[: error.start].decode("utf-8", "replace")) + 1
    return Broken(column, f"the byte 0x{line[error.start]:02X} is not UTF-8; save the file as UTF-8")


def expected(text, error):
    position = error.pos
    before = text[:position].rstrip()
    # Python 3.13 finds the comma, earlier versions what follows it.
    if text[position : position + 1] in ("}", "]") and before.endswith(","):
        return Broken(len(before), "no comma may precede a closing bracket")
    if not text[position:].strip() and not error.msg.startswith("Extra data"):
        why = "the JSON value does not end on this line, but each value has to be on one line"
        return Broken(position + 1, why, is_whole_file=text.strip() in ("{", "["))
    why = next((ours for theirs, ours in EXPECTED if error.msg.startswith(theirs)), error.msg)
    if re.match(r"a name|a JSON value", why) and text[position : position + 1] == "'":
        why += ", not single quotes" if why.startswith("a name") else ", and a text is written in double quotes"
    return Broken(position + 1, why)


def name_of_whole(path):
    """`array` or `object` if the whole file is one, over several lines."""
    try:
        if os.path.getsize(path) > MAX_WHOLE_BYTES:
            return None
        with open(path, encoding="utf-8") as file:
            value = json.load(file)
    except (OSError, ValueError, RecursionError):
        return None
    return {list: "array", dict: "object"}.get(type(value))
