"""Reads the samples of an eval: how many there are, and at which ones evals or the class would stop."""
import os
import random
from array import array
from itertools import chain, islice

from .json_lines import COMPRESSED, broken, jsonl_files, lines_of, name_of_whole, open_bytes, parser_of
from .problems import in_own_words

# Broken lines and wrong samples that are shown of each file, and broken lines after which a file is read no further.
SHOWN = 3
MAX_BROKEN = 1000


class Reading:
    """What is known of a file of samples. Lines are numbered from 1."""

    def __init__(self):
        # The number of lines. Each is a sample if it is JSON.
        self.lines = 0
        self.broken = []
        self.broken_count = 0
        # By what is wrong, the numbers of the lines whose samples the class refuses.
        self.refused = {}
        # What is sent for each line, a column for each number of a Measure. None when that is not known of all lines.
        self.sizes = None


class Samples:
    def __init__(self, problems, dependencies):
        self._problems = problems
        self._dependencies = dependencies
        self._readings = {}

    def files(self, path):
        """The files of samples that a file or a directory has, in the order in which evals reads them. None when that
        cannot be known."""
        try:
            files = jsonl_files(path)
        except OSError:
            return None
        if os.path.isdir(path):
            for directory in {path, *map(os.path.dirname, files)}:
                self._dependencies.seen(directory)
        return files

    def count(self, files, subject):
        """The number of lines of all files. None when they cannot be read."""
        readings = [self._reading(file, subject, count_lines) for file in files]
        return None if None in readings else sum(reading.lines for reading in readings)

    def check(self, files, subject, shown, need=None, evaluated=None, measure=None):
        """Reads the files of an eval whose class certainly reads them with evals.data.get_jsonl, and adds a problem for each
        line that is not JSON, and for each sample in which the class does not find what it needs. `shown` makes the name
        of a file for the reader. `evaluated` says which of so many samples the class uses. Returns what `count` does.
        `measure`: what `sums` will be asked for.
        """
        readings = [self._reading(file, subject, lambda path: read(path, need, measure), (need, measure)) for file in files]
        if None in readings:
            return None
        for file, reading in sorted(zip(files, readings), key=lambda each: each[0]):
            self._report_broken(subject, shown(file), reading)
        if need and not any(reading.broken for reading in readings):
            self._report_refused(files, readings, subject, shown, evaluated)
        return sum(reading.lines for reading in readings)

    def sums(self, files, need, measure, limit):
        """(sums, number) of the sizes of the samples that are evaluated with --max_samples, after `check`. None when they are not known."""
        columns = self._sizes(files, need, measure)
        if columns is None:
            return None
        total = sum(map(len, columns[0]))
        used = len(range(total)[:limit])
        if used == total:
            return [sum(map(sum, each)) for each in columns], total
        if measure.reorders:
            return [sum(map(sum, each)) * used // total for each in columns], used
        chosen = indices(total, limit)
        return [sum(size for at, size in enumerate(chain.from_iterable(each)) if at in chosen) for each in columns], used

    def first(self, files, need, measure, count):
        """The sums of the first samples, after `check`. None when they are not known."""
        columns = self._sizes(files, need, measure)
        return columns and [sum(islice(chain.from_iterable(each), count)) for each in columns]

    def _sizes(self, files, need, measure):
        """Each column of all files, in parts. None when it is not known."""
        readings = [self._readings.get(key_of(file, read, (need, measure))) for file in files]
        if any(reading is None or reading.lines and reading.sizes is None for reading in readings):
            return None
        return [[reading.sizes[at] for reading in readings if reading.lines] for at in range(measure.width)]

    def _reading(self, path, subject, make, wanted=(None, None)):
        key = key_of(path, make, wanted)
        if key not in self._readings:
            try:
                self._readings[key] = make(path)
            except Exception as error:
                self._readings[key] = None
                self._problems.add("unreadable-data", subject, f"{os.path.basename(path)}: {in_own_words(error)}")
        return self._readings[key]

    def _report_broken(self, subject, name, reading):
        for line, each in reading.broken:
            self._problems.add("invalid-json", subject, f"{name}:{line}:{each.column}: {each.why}")
        more = reading.broken_count - len(reading.broken)
        if more > 0:
            count = f"{more} or more" if reading.broken_count >= MAX_BROKEN else more
            lines = "line is" if more == 1 else "lines are"
            self._problems.add("invalid-json", subject, f"{name}: {count} further {lines} not JSON either")

    def _report_refused(self, files, readings, subject, shown, evaluated):
        if not any(reading.refused for reading in readings):
            return
        used = None if evaluated is None else evaluated(sum(reading.lines for reading in readings))
        start = 0
        for file, reading in zip(files, readings):
            for why, lines in reading.refused.items():
                if used is not None:
                    lines = [line for line in lines if start + line - 1 in used]
                if lines:
                    self._problems.add("invalid-sample", subject, f"{shown(file)}:{lines[0]}: {why}{also(lines[1:])}")
            start += reading.lines


def key_of(path, make, wanted):
    return path, make is count_lines, *(each and each.identity for each in wanted)


def read(path, need, measure=None):
    reading = Reading()
    parse, refusal = parser_of(path), need.refusal if need else None
    # The numbers of all lines in one row, which is faster than a column for each.
    sizes = array("Q") if measure else None
    is_blank = True
    for number, line in enumerate(lines_of(path), 1):
        reading.lines = number
        try:
            sample = parse(line)
        except ValueError as error:
            is_blank = is_blank and not line.strip()
            note_broken(reading, number, line, error, path)
            if reading.broken_count >= MAX_BROKEN and not is_blank or reading.broken[-1][1].is_whole_file:
                break
            continue
        except RecursionError:
            is_blank, sizes = False, None
            continue  # Whether evals can read it depends on how deep its own calls are.
        is_blank = False
        why = refusal(sample) if refusal else None
        if why:
            reading.refused.setdefault(why, array("Q")).append(number)
        elif sizes is not None:
            try:
                sizes.extend(measure.sizes(sample))
            except Exception:  # Something else than text is sent, such as a picture. An estimate must not refuse a sample.
                sizes = None
    reading.sizes = None if sizes is None else [sizes[at :: measure.width] for at in range(measure.width)]
    return Reading() if is_blank else reading


def note_broken(reading, number, line, error, path):
    reading.broken_count += 1
    if len(reading.broken) < SHOWN:
        whole = name_of_whole(path) if number == 1 else None
        reading.broken.append((number, broken(path, line, error, whole)))


def also(lines):
    if not lines:
        return ""
    shown = [str(line) for line in lines[:SHOWN]]
    more = [f"{len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return f" (also {'line' if len(lines) == 1 else 'lines'} {joined([*shown, *more])})"


def joined(words):
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def indices(total, limit):
    """The samples that an eval evaluates with --max_samples, as evals.eval._index_samples chooses them."""
    from evals.eval import SHUFFLE_SEED

    shuffled = list(range(total))
    random.Random(SHUFFLE_SEED).shuffle(shuffled)
    return set(shuffled[:limit])


def count_lines(path):
    """Counts lines without parsing them, as `lines_of` makes them. A file with nothing but blank lines has none."""
    reading = Reading()
    is_compressed = path.endswith(COMPRESSED)
    with open_bytes(path) as file:
        last, is_blank = b"", True
        while True:
            chunk = file.read(1 << 20)
            if not chunk:
                break
            is_blank = is_blank and not chunk.strip()
            reading.lines += chunk.count(b"\n")
            if not is_compressed:
                reading.lines += chunk.count(b"\r") - chunk.count(b"\r\n") - (last == b"\r" and chunk.startswith(b"\n"))
            last = chunk[-1:]
    if is_blank:
        return Reading()
    reading.lines += last != b"\n" and (is_compressed or last != b"\r")
    return reading
