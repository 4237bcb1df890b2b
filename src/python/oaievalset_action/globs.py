"""The inputs `include` and `exclude`: globs over the names of evals. Only this module compares globs with names.

The language is that of Python's fnmatch, with upper and lower case distinguished on every system: `*` matches any text, dots
and slashes too, `?` one character, `[abc]` one of these characters, `[!abc]` one other character.
"""
import fnmatch
import glob
import re


class Globs:
    def __init__(self, include=(), exclude=()):
        self._include = [Glob("include", text) for text in include]
        self._exclude = [Glob("exclude", text) for text in exclude]

    def choose(self, names):
        """Whether the eval with these names is part of the plan. Notes which globs match it."""
        included = [each for each in self._include if each.match(names)]
        excluded = [each for each in self._exclude if each.match(names)]
        return (bool(included) or not self._include) and not excluded

    @property
    def unmatched(self):
        """The globs that matched no eval so far."""
        return [each for each in [*self._include, *self._exclude] if not each.has_matched]


class Glob:
    def __init__(self, input_name, text):
        self.input_name = input_name
        self.text = text
        self.has_matched = False
        try:
            self._match = re.compile(fnmatch.translate(text)).match
        except re.error:  # Older Pythons refuse a range such as [z-a], which matches nothing.
            self._match = lambda name: None

    def match(self, names):
        found = any(self._match(name) for name in names)
        self.has_matched = self.has_matched or found
        return found

    @property
    def plain_text(self):
        return re.sub(r"[*?\[\]]", "", self.text)


def glob_of(name):
    """The glob that matches only this name."""
    return glob.escape(name)
