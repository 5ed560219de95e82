"""Text that PostgreSQL can keep."""

from dam.core import text


def test_what_cannot_be_kept_is_replaced_everywhere_in_json() -> None:
    odd = {"a\0": ["\ud800", 1, None, {"b": ("c\0d",)}]}
    assert text.storable_json(odd) == {"a\ufffd": ["\ufffd", 1, None, {"b": ["c\ufffdd"]}]}
