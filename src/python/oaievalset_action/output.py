"""Values of YAML and of Python in a form that JSON can represent."""
import datetime
import json
import math

# The largest whole number that a double, and so JavaScript, represents exactly.
LARGEST_INTEGER = 2**53 - 1


def jsonable(value):
    """YAML has more types than JSON. Each value gets a form of its own, so that a changed value stays a visible change."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if abs(value) <= LARGEST_INTEGER else {"$int": str(value)}
    if isinstance(value, float):
        return value if math.isfinite(value) else {"$float": str(value)}
    if isinstance(value, dict):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return {"$set": sorted((jsonable(item) for item in value), key=json.dumps)}
    if isinstance(value, (datetime.date, datetime.time)):
        return {"$date": value.isoformat()}
    if isinstance(value, bytes):
        return {"$bytes": value.hex()}
    return {"$" + type(value).__name__: str(value)}
