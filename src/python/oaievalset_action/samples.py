"""Counts the samples of an eval."""
import os

from .problems import in_own_words


class Samples:
    def __init__(self, problems, dependencies):
        self._problems = problems
        self._dependencies = dependencies
        self._lines = {}

    def count(self, path, subject):
        """The number of lines that evals.data.get_jsonl reads, each of which is a sample. None when they cannot be read."""
        try:
            files = jsonl_files(path)
        except OSError:
            return None
        if os.path.isdir(path):
            for folder in {path, *map(os.path.dirname, files)}:
                self._dependencies.seen(folder)
        counts = [self._count_lines(file, subject) for file in files]
        return None if None in counts else sum(counts)

    def _count_lines(self, path, subject):
        if path not in self._lines:
            try:
                self._lines[path] = count_lines(path)
            except Exception as error:
                self._lines[path] = None
                self._problems.add("unreadable-data", subject, f"{os.path.basename(path)}: {in_own_words(error)}")
        return self._lines[path]


def jsonl_files(path):
    """The files that evals.data.get_jsonl reads: of a directory only entries named *.jsonl, including directories so named."""
    if not os.path.isdir(path):
        return [path]
    names = sorted(name for name in os.listdir(path) if name.endswith(".jsonl"))
    return [file for name in names for file in jsonl_files(os.path.join(path, name))]


def count_lines(path):
    """Counts lines as evals reads them: a line ends at \\n, \\r or \\r\\n, and nowhere else. A blank file has no lines."""
    if path.endswith((".gz", ".lz4", ".zst")):
        from evals.data import open_by_file_pattern

        stream = open_by_file_pattern(path, mode="rb")
    else:
        stream = open(path, "rb")
    count, last, blank = 0, b"", True
    with stream as file:
        while True:
            chunk = file.read(1 << 20)
            if not chunk:
                break
            blank = blank and not chunk.strip()
            count += chunk.count(b"\n") + chunk.count(b"\r") - chunk.count(b"\r\n")
            if last == b"\r" and chunk.startswith(b"\n"):
                count -= 1
            last = chunk[-1:]
    return 0 if blank else count + (last not in (b"\n", b"\r"))
