"""Finds out before any request what would stop an eval later, as far as that is certain."""



class EvalChecks:
    def __init__(self, judge, class_arguments, samples):
        self.judge = judge
        self._class_arguments = class_arguments
        self._samples = samples

    def check_class(self, spec, cls, args, named, modelgraded):
        """Whether the class accepts its completion functions and arguments. `named` are the arguments with the files that are
        defaults of the class."""
        self.judge.check(spec.key, spec.cls, cls, args)
        if self._class_arguments.check_eval(spec.key, spec.cls, cls, args):
            self._samples.check_arguments(spec, cls, named, modelgraded)

    def check_samples(self, spec, cls, named, may_write, modelgraded):
        """Returns the number of samples; None when only the class knows it."""
        self._samples.check_few_shot(spec, cls, named)
        return self._samples.count(spec, cls, named, may_write, modelgraded)

    def demand(self, spec, cls, named, modelgraded):
        """The requests that the eval sends, after `check_samples`. None when they are not known."""
        return None if cls is None else self._samples.demand(spec, cls, named, modelgraded)
