"""Finds, counts and checks the samples of each eval."""
import os

from .classes import own_registry_arguments
from .data_files import REMOTE, is_pointer
from .demand import Measure, demand_of_fixed, example_size, fixed_samples, measure_of
from .needs import few_shot_need, need_of
from .own_reading import reads_samples
from .sample_need import kind_of
from .samples import indices

EXAMPLE = Measure(example_size, 3, None, ("example",))


class EvalSamples:
    """`limit` is --max_samples. `api`: which of OpenAI's APIs gets the input of a sample, or None when that is not known.
    `asks_models`: whether each completion function sends a prompt to a model as it is."""

    def __init__(self, data_files, samples, limit, api, asks_models, problems):
        self._data_files = data_files
        self._samples = samples
        self._limit = limit
        self._api = api
        self._asks_models = asks_models
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
        files = need and self._few_shot_files(spec, cls, args)
        if files:
            self._samples.check(files, spec.key, self._shown(spec), need, lambda total: range(shots), EXAMPLE)

    def _few_shot_files(self, spec, cls, args):
        return self._files(self._data_files.samples_of(args["few_shot_jsonl"], spec.registry_path, own_registry_arguments(cls)))

    def demand(self, spec, cls, args, modelgraded):
        """The requests that the eval sends, by kind, after `count`. None when they are not known."""
        fixed = fixed_samples(cls)
        if fixed is not None:
            return demand_of_fixed(fixed, self._limit) if self._asks_models else None
        measure = self._measure(spec, cls, args, modelgraded)
        files = measure and self._files(self._path(spec, cls, args["samples_jsonl"]))
        if not files:
            return None
        need = need_of(cls, args, self._api, modelgraded)[0]
        sums = self._samples.sums(files, self._limited(need), measure, self._limit)
        return sums and measure.described(*sums)

    def _measure(self, spec, cls, args, modelgraded):
        if not self._asks_models or not self._reads_samples(cls) or not isinstance(args.get("samples_jsonl"), str):
            return None
        need, shots = few_shot_need(cls, args)
        if need is None:
            return measure_of(cls, args, modelgraded)
        files = self._few_shot_files(spec, cls, args)
        sums = files and self._samples.first(files, need, EXAMPLE, shots)
        return sums and measure_of(cls, args, modelgraded, sums)

    def count(self, spec, cls, args, may_write, modelgraded):
        """The lines of samples_jsonl, limited as evals.eval._index_samples does. A class may choose among them."""
        fixed = None if cls is None else fixed_samples(cls)
        if fixed is not None:
            return len(fixed[: self._limit])
        value, own_registry_only = args.get("samples_jsonl"), own_registry_arguments(cls)
        if not isinstance(value, str) or REMOTE.fullmatch(value):
            return None
        path = self._path(spec, cls, value)
        files = self._files(path)
        count = None if files is None else self._read(files, spec, cls, args, modelgraded)
        if count is None:
            return None
        samples = len(range(count)[: self._limit])
        # A class of the user's may find its samples in its own way, and may not need this file.
        if samples == 0 and self._limit != 0 and (own_registry_only or not may_write):
            self._problems.add("no-samples", spec.key, self._why_none(count, path, value))
        return samples

    def _path(self, spec, cls, value):
        return self._data_files.samples_of(value, spec.registry_path, own_registry_arguments(cls))

    def _files(self, path):
        files = None if path is None else self._samples.files(path)
        return None if files is None or any(is_pointer(file) for file in files) else files

    def _read(self, files, spec, cls, args, modelgraded):
        if not self._reads_samples(cls):
            return self._samples.count(files, spec.key)
        need = self._limited(need_of(cls, args, self._api, modelgraded)[0])
        measure = self._measure(spec, cls, args, modelgraded)
        evaluated = None if self._limit is None else lambda total: indices(total, self._limit)
        return self._samples.check(files, spec.key, self._shown(spec), need, evaluated, measure)

    def _limited(self, need):
        """Which samples are evaluated is not known of a class that reorders them."""
        return None if need and need.reorders and self._limit is not None else need

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
