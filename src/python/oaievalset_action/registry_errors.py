"""What is wrong with a registry file or with one of its entries, in words that say where and what is expected."""
import dataclasses
import difflib

from .problems import in_own_words


# What users most often did when PyYAML says this.
MEANINGS = {
    "found character '\\t'": "there is a tab, but YAML is indented with blanks",
    "expected <block end>": "the line is not indented like those that it belongs to",
    "mapping values are not allowed here": "there is a second colon; put text that contains a colon and a blank in quotes",
}


def file_problem(error, path):
    """Why a registry file cannot be read, with the line."""
    import yaml

    if isinstance(error, UnicodeDecodeError):
        return f"line {line_of(path, error.start, 'rb')}: it is not UTF-8 (byte 0x{error.object[error.start]:02x})"
    if isinstance(error, yaml.reader.ReaderError):
        character = error.character if isinstance(error.character, int) else ord(error.character)
        return f"line {line_of(path, error.position, 'r')}: the character U+{character:04X} is not allowed in YAML"
    if isinstance(error, yaml.MarkedYAMLError):
        return marked_problem(error)
    return in_own_words(error)


def marked_problem(error):
    mark = error.problem_mark or error.context_mark
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    problem = (error.problem or error.context or "it is not YAML").replace("'<stream end>'", "the end of the file")
    for start, meaning in MEANINGS.items():
        if problem.startswith(start):
            return where + meaning
    context = error.context if error.problem and error.context else ""
    begin = error.context_mark
    if context and begin and mark and begin.line != mark.line:
        context += f" that begins in line {begin.line + 1}"
    return f"{where}{problem}{f' ({context})' if context else ''}"


def line_of(path, position, mode):
    """The line, from 1, of a byte or of a character."""
    try:
        with open(path, mode, **({} if mode == "rb" else {"encoding": "utf-8", "newline": ""})) as file:
            text = file.read(position)
    except (OSError, UnicodeDecodeError):
        return 1
    return text.count(b"\n" if mode == "rb" else "\n") + 1


def repeated_keys(repeated):
    """`repeated`: (key, line, earlier line) of the keys that an entry has twice."""
    key, line, earlier = repeated[0]
    more = f", and {len(repeated) - 1} more are repeated" if len(repeated) > 1 else ""
    return f"line {line}: the key {key} is already in line {earlier}, and YAML keeps only one of them{more}"


def entry_problem(kind, spec, type_of_spec):
    """(why, near): what is wrong with the fields of an entry that evals would make `type_of_spec` of, or None."""
    kind = kind.replace("completion_fn", "completion function")
    fields = {field.name: field for field in dataclasses.fields(type_of_spec)}
    shown = {"cls": "class"}
    for field in spec:
        if field in fields or field == "registry_path":
            continue
        near = difflib.get_close_matches(str(field).lower(), [shown.get(each, each) for each in fields], 1, 0.75)
        if near and spec.get({"class": "cls"}.get(near[0], near[0])) is None:
            return f"the {kind} has the field {field}, which evals does not know", near
    for field in fields.values():
        required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if required and spec.get(field.name) is None:
            example = ", such as class: evals.elsuite.basic.match:Match" if field.name == "cls" and kind == "eval" else ""
            return f"the {kind} has no {shown.get(field.name, field.name)}{example}", ()
    args = spec.get("args")
    if "args" in fields and args is not None and not isinstance(args, dict):
        example = ", such as samples_jsonl: my/samples.jsonl" if kind == "eval" else ""
        return f"the args of the {kind} are {shape_of(args)}, but must be a mapping{example}", ()
    if "cls" in fields and not isinstance(spec.get("cls"), str):
        return f"the class of the {kind} is {shape_of(spec.get('cls'))}, but must be text, such as my_module:MyClass", ()
    return list_problem(spec.get("evals")) if kind == "eval set" else None


def list_problem(evals):
    """What is wrong with the list of a set."""
    if isinstance(evals, str):
        return f"its evals are text, but must be a list, such as evals: [{evals.split(',')[0].strip()}]", ()
    if not isinstance(evals, list):
        return f"its evals are {shape_of(evals)}, but must be a list of names", ()
    for each in evals:
        if isinstance(each, dict) and len(each) == 1 and next(iter(each.values())) is None:
            return f"it lists '{next(iter(each))}:' with a colon; remove the colon", ()
        if not isinstance(each, str):
            value = "nothing" if each is None else f"{each!r}, which is {shape_of(each)}"
            return f"it lists {value}, but must list names of evals as text", ()
    return None


def shape_of(value):
    shapes = {dict: "a mapping", list: "a list", str: "text", bool: "true or false", int: "a number", float: "a number"}
    return "empty" if value is None else shapes.get(type(value), f"of type {type(value).__name__}")
