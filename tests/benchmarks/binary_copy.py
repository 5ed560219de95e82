"""Rows of fixed width in PostgreSQL's binary COPY format, millions of them: made by numpy, none by itself."""

from collections.abc import Iterable, Mapping
from uuid import UUID

import numpy as np
from django.db import connection
from numpy.typing import NDArray

_BEGINNING = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_TYPES = {"uuid": "V16", "int2": ">i2", "int4": ">i4", "int8": ">i8", "float8": ">f8"}


def uuids(keys: Iterable[UUID]) -> NDArray[np.void]:
    """As a column of them: [N] of 16 bytes."""
    return np.frombuffer(b"".join(key.bytes for key in keys), dtype="V16")


class Copy:
    """Into the columns of a table, by their types; "halfvec" is a column of vectors, [N, dimensions].

    `with Copy("dam_embedding", {"version_id": "uuid", "vector": "halfvec"}, dimensions=256) as copy:`
    """

    def __init__(self, table: str, columns: Mapping[str, str], *, dimensions: int) -> None:
        self._columns, self._statement = (
            columns,
            f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)",
        )
        parts: list[tuple[object, ...]] = [("columns", ">i2")]
        for name, kind in columns.items():
            parts.append((f"{name} bytes", ">i4"))
            if kind == "halfvec":
                parts += [
                    (f"{name} dimensions", ">i2"),
                    (f"{name} unused", ">i2"),
                    (name, ">f2", (dimensions,)),
                ]
            else:
                parts.append((name, _TYPES[kind]))
        self._row = np.dtype(parts)
        self._dimensions = dimensions

    def __enter__(self) -> "Copy":
        self._cursor = connection.cursor()
        self._copying = self._cursor.copy(self._statement)
        self._copy = self._copying.__enter__()
        self._copy.write(_BEGINNING)
        return self

    def __exit__(self, *raised: object) -> None:
        if raised[0] is None:
            self._copy.write(_END)
        self._copying.__exit__(*raised)
        self._cursor.close()

    def write(self, count: int, values: Mapping[str, object]) -> None:
        """So many rows: of each column an array of its values, or one for all."""
        rows = np.zeros(count, dtype=self._row)
        rows["columns"] = len(self._columns)
        for name, kind in self._columns.items():
            rows[name] = values[name]
            if kind == "halfvec":
                rows[f"{name} dimensions"] = self._dimensions
            width = rows.dtype[name].itemsize + (4 if kind == "halfvec" else 0)
            rows[f"{name} bytes"] = width
        self._copy.write(rows.tobytes())
