"""Model names that are probably misspelt names of completion functions. They would be requested from the API, which has no such
model. A name may also be that of a model of any server, so it is refused only if it cannot be meant otherwise."""
import difflib


def report_misspelling(name, names, near, problems):
    same = [each for each in names if isinstance(each, str) and simplified(each) == simplified(name)]
    family = name.rpartition("/")[0]
    # Names of models have one slash at most, as in org/model.
    siblings = [each for each in near if "/" in family and each.rpartition("/")[0] == family]
    if same or siblings:
        why = "no registry has a completion function of this name, and it does not look like a model of an API"
        problems.add("unknown-completion-fn", name, why, same or siblings[:1])
        return
    alike = difflib.get_close_matches(name, near, 3, 0.8)
    if alike:
        why = "no registry has a completion function of this name, so it is requested from the API as a model"
        problems.warn("unknown-completion-fn", name, why, alike)


def simplified(name):
    return name.lower().replace("-", "").replace("_", "").replace(" ", "")
