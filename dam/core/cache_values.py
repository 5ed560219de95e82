"""What goes into the cache: plain values as JSON, and bytes.

Django's own way is pickle, which runs what it reads: whoever could write to the cache's server, another
program that shares it say, would have the web process and its keys.
"""

import json
from typing import Any

_BYTES = b"bytes:"


class PlainValues:
    """A serializer for Django's RedisCache."""

    def dumps(self, value: Any) -> bytes | int:
        """Raises TypeError for what is no plain value."""
        if type(value) is int:  # as it is, so that the server can count
            return value
        if isinstance(value, bytes):
            return _BYTES + value
        return json.dumps(value).encode()

    def loads(self, kept: bytes | int) -> Any:
        """Raises ValueError for what was not written by `dumps`."""
        if isinstance(kept, bytes) and kept.startswith(_BYTES):
            return kept.removeprefix(_BYTES)
        return json.loads(kept) if isinstance(kept, bytes) else kept
