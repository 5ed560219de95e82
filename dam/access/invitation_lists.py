"""Several people at once: what was pasted, line by line. Pure.

A line is an address, "Ada Lovelace <ada@example.com>", or columns: name, email and role, in the order that a
first line may say, parted by commas, semicolons or tabs.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parseaddr

MOST_LINES = 200


@dataclass(frozen=True)
class Line:
    number: int  # from 1, as the person counts them
    email: str
    name: str = ""
    role: str = ""  # as written; empty: the one chosen for all


def read(text: str) -> list[Line]:
    """
    >>> read("name;email;role\\nAda;ADA@example.com;creator")
    [Line(number=2, email='ada@example.com', name='Ada', role='creator')]
    >>> [(each.number, each.email) for each in read("Lee <l@example.com>\\n\\nk@example.com, m@example.com")]
    [(1, 'l@example.com'), (3, 'k@example.com'), (3, 'm@example.com')]
    """
    order: tuple[str, ...] | None = None
    found: list[Line] = []
    for number, raw in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        cells = _cells(raw)
        if not cells:
            continue
        if not found and order is None and _is_header(cells):
            order = tuple(_column(cell) for cell in cells)
            continue
        found += _lines(number, cells, order)
    return found


def _lines(number: int, cells: list[str], order: tuple[str, ...] | None) -> Iterator[Line]:
    if order is not None:
        given = dict(zip(order, cells, strict=False))
        yield Line(number, given.get("email", "").lower(), given.get("name", ""), given.get("role", ""))
    elif all("@" in cell for cell in cells):
        for cell in cells:
            name, address = parseaddr(cell)
            yield Line(number, (address or cell).strip().lower(), name.strip())
    else:
        place = next((place for place, cell in enumerate(cells) if "@" in cell), 0)
        name, role = ("", cells[1:]) if place == 0 else (cells[0], cells[place + 1 :])
        if place == 0 and len(cells) > 2:
            name, role = cells[1], cells[2:]
        yield Line(number, cells[place].lower(), name, role[0] if role else "")


def _cells(raw: str) -> list[str]:
    if "<" in raw:  # a name may hold a comma there
        return [each.strip() for each in re.split(r"(?<=>)\s*[,;]\s*", raw) if each.strip()]
    parted = max(";\t,", key=raw.count) if any(each in raw for each in ";\t,") else ","
    cells = next(csv.reader([raw], delimiter=parted), [])
    return [cell.strip() for cell in cells] if any(cell.strip() for cell in cells) else []


def _is_header(cells: list[str]) -> bool:
    return "email" in [_column(cell) for cell in cells] and not any("@" in cell for cell in cells)


def _column(cell: str) -> str:
    word = cell.casefold().replace("-", "").strip()
    return {"mail": "email", "emailaddress": "email", "address": "email"}.get(word.replace(" ", ""), word)
