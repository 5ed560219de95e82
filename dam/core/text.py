"""What text the database can hold. Pure.

PostgreSQL keeps no NUL, and neither it nor UTF-8 keeps half of a surrogate pair. Whatever comes from
outside, a request or a file, may have both. As browsers do, a replacement character takes their place:
what was sent can be seen to be odd, and matches nothing by accident.
"""

import re
from collections.abc import Mapping
from typing import Any

_UNSTORABLE = re.compile(r"[\0\ud800-\udfff]")
REPLACEMENT = "\ufffd"


def storable(text: str) -> str:
    """The text as the database can keep it.

    >>> storable("a\\0b")
    'a\\ufffdb'
    """
    return _UNSTORABLE.sub(REPLACEMENT, text)


def is_storable(text: str) -> bool:
    return _UNSTORABLE.search(text) is None


def storable_json(value: Any) -> Any:
    """The same for every text within what JSON can say, keys included."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {storable_json(key): storable_json(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [storable_json(each) for each in value]
    return value
