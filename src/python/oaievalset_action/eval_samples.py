"""Finds, counts and checks the samples of each eval."""
import os

from .classes import own_registry_arguments
from .data_files import REMOTE, is_pointer
from .needs import few_shot_need, need_of
from .own_reading import reads_samples
from .sample_need import kind_of
from .samples import indices


class EvalSamples:
    """`limit` is --max_samples. `api`: which of OpenAI's APIs gets the input of a sample, or None when that is not known."""

    def __init__(self, data_files, samples, limit, api, problems):
        self._data_files = data_files
        self._samples = samples
        self._limit = limit
        self._api = api
        self._problems = problems
        self._reads = {}

    def check_arguments(self, spec, cls, args, modelgraded):
        """Adds a problem for each argument that keeps the class from being made, or from reading and grading a sample."""
        _, whys = need_of(cls, args, self._api, modelgraded)
        samples = args.get("samples_jsonl")
        if self._reads_samples(cls) and not isinstance(samples, str):
            state = "missing" if samples is None else f"{kind_of(samples)}, but must be the name of a file"
            whys = [*whys, f"the argument samples_jsonl is {state}"]
        for why in whys:
            self._problems.add("class-arguments", spec.key, f"class {spec.cls} cannot run: {why}")

    def check_few_shot(self, spec, cls, args):
        """The examples that evals.elsuite.basic.match and translate put before the input of each sample."""
        need, shots = few_shot_need(cls, args)
        path = need and self._data_files.samples_of(args["few_shot_jsonl"], spec.registry_path, own_registry_arguments(cls))
        files = self._files(path)
        if files:
            self._samples.check(files, spec.key, self._shown(spec), need, lambda total: range(shots))

    def count(self, spec, cls, args, may_write, modelgraded):
        """The lines of samples_jsonl, limited as evals.eval._index_samples does. A class may choose among them."""
        value, own_registry_only = args.get("samples_jsonl"), own_registry_arguments(cls)
        if not isinstance(value, str) or REMOTE.fullmatch(value):
            return None
        path = self._data_files.samples_of(value, spec.registry_path, own_registry_only)
        files = self._files(path)
        count = None if files is None else self._read(files, spec, cls, args, modelgraded)
        if count is None:
            return None
        samples = len(range(count)[: self._limit])
        # A class of the user's may find its samples in its own way, and may not need this file.
        if samples == 0 and self._limit != 0 and (own_registry_only or not may_write):
            self._problems.add("no-samples", spec.key, self._why_none(count, path, value))
        return samples

    def _files(self, path):
        files = None if path is None else self._samples.files(path)
        return None if files is None or any(is_pointer(file) for file in files) else files

    def _read(self, files, spec, cls, args, modelgraded):
        if not self._reads_samples(cls):
            return self._samples.count(files, spec.key)
        need, _ = need_of(cls, args, self._api, modelgraded)
        if self._limit is None:
            return self._samples.check(files, spec.key, self._shown(spec), need)
        need = None if need and need.reorders else need
        return self._samples.check(files, spec.key, self._shown(spec), need, lambda total: indices(total, self._limit))

    def _shown(self, spec):
        return lambda file: self._data_files.shown(file, spec.registry_path)

    def _reads_samples(self, cls):
        if cls not in self._reads:
            self._reads[cls] = reads_samples(cls)
        return self._reads[cls]

    def _why_none(self, count, path, value):
        if count > 0:
            return f"--max_samples {self._limit} leaves none of {count} samples"
        if os.path.isdir(path):
            where = value or "the data directory"
            return f"samples_jsonl: {where} is a directory in which no file named *.jsonl has a sample"
        return f"samples_jsonl: {value} has no samples"
