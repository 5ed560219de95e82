"""How often each value of several fields occurs among some assets, in one statement.

What the fields are about is read of each asset once, and counted there: to join versions, rights and rows of
filters anew for each field takes longer than to count. Answers are JSON, which is read in no time.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection

from dam.rights import terms
from dam.rights.policy import Terms
from dam.search import filter_rows, filters, own_fields, search
from dam.search.measures import Range
from dam.search.search_field import NO, YES, Kind, SearchField

UNKNOWN = ""  # among the counts of a list: where there is none yet

_STATEMENT = "WITH few ({columns}) AS MATERIALIZED ({rows}) SELECT {parts}"
_ALIKE = """(
    SELECT json_agg(json_build_array({listed}, number))
    FROM (SELECT {grouped}, count(*) AS number FROM few GROUP BY {grouped}) AS alike
)"""
_NUMBERS = "(SELECT json_build_array({numbers}) FROM few)"
_NUMBER = "count(*) FILTER (WHERE {condition})"
_IN_ROW = "{column} && ARRAY[hashtextextended(%s, 0)]::bigint[]"
_TAGS = """(
    SELECT json_agg(json_build_array(name, number)) FROM (
        SELECT name, number FROM dam_tag JOIN (
            SELECT tag, count(*) AS number FROM few CROSS JOIN unnest({tags}) AS tag GROUP BY tag
        ) AS used ON used.tag = dam_tag.id
        ORDER BY number DESC, name LIMIT %s
    ) AS often
)"""
_OWN = """(
    SELECT json_agg(json_build_array(field_id, option_id, yes, name, number)) FROM (
        SELECT has.field_id, has.option_id, has.yes, person.name, count(*) AS number FROM few
        JOIN dam_fieldvalue AS has ON has.asset_id = few.{pk} AND has.field_id = ANY (%s)
        LEFT JOIN dam_user AS person ON person.id = has.person_id
        GROUP BY has.field_id, has.option_id, has.yes, person.name
    ) AS own
)"""
_COLLECTED = """EXISTS (
    SELECT FROM few JOIN dam_collectionitem AS item ON item.asset_id = few.{pk} WHERE item.removed_at IS NULL
)"""


@dataclass(frozen=True)
class Counts:
    """By the name of each field how often its values occur, as they stand in addresses."""

    of: Mapping[str, Counter[str]]
    in_collections: bool  # whether any of the assets is in one, seen or not: by which, is asked elsewhere


@dataclass(frozen=True)
class _Part:
    """What one column of the answer is asked with, and who reads it. Of no assets it may be None."""

    sql: str
    parameters: Sequence[Any]
    read: Callable[[Any], None]


class _Columns:
    """What is read of each asset: Django's paths from it, each once, by short names."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self.pk = self["pk"]

    def __getitem__(self, path: str) -> str:
        return self._names.setdefault(path, f"c{len(self._names)}")

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(self._names)

    @property
    def names(self) -> str:
        return ", ".join(self._names.values())


def count(
    counted: Sequence[SearchField],
    keys: Iterable[UUID],
    *,
    brand: int,
    shown: str,
    at: datetime,
    days: tuple[str, ...],
    most: int,
) -> Counts:
    """Of the assets with these keys, whoever may see them, in the version that is `shown`.

    Of tags the `most` frequent ones. `at` and `days` are those of dam.search.filters.
    """
    counts: dict[str, Counter[str]] = {field.name: Counter() for field in counted}
    columns = _Columns()
    parts = [
        *_alike(counted, columns, counts, shown=shown, at=at, days=days),
        *_numbers(counted, columns, counts, brand=brand, shown=shown, at=at),
        *_tags(counted, columns, counts, most=most),
        *_own(counted, columns, counts),
        _Part(_COLLECTED.format(pk=columns.pk), (), lambda found: None),
    ]
    statement = _STATEMENT.format(
        columns=columns.names, rows=_rows(columns.paths), parts=", ".join(part.sql for part in parts)
    )
    parameters = [search.array_of(keys), *(each for part in parts for each in part.parameters)]
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        answers = cursor.fetchone()
    for part, answer in zip(parts, answers, strict=True):
        part.read(answer)
    return Counts(counts, in_collections=answers[-1])


@lru_cache(maxsize=256)
def _rows(paths: tuple[str, ...]) -> str:
    """The SQL of assets with these columns. Its one parameter are their keys."""
    sql, parameters = search.of_keys(()).values_list(*paths).query.sql_with_params()
    assert len(parameters) == 1
    return sql


def _alike(
    counted: Sequence[SearchField],
    columns: _Columns,
    counts: Mapping[str, Counter[str]],
    *,
    shown: str,
    at: datetime,
    days: tuple[str, ...],
) -> Iterable[_Part]:
    """Single values, and the terms behind rights: those that occur together, and in how many assets."""
    of_rights = [field for field in counted if field.rights]
    single = [field for field in counted if _is_single(field)]
    paths = [*(field.column_for(shown) for field in single), *(terms.columns(shown) if of_rights else ())]
    if not paths:
        return

    def read(groups: Sequence[Sequence[Any]] | None) -> None:
        known: Counter[Terms] = Counter()
        for *values, number in groups or ():
            for field, value in zip(single, values, strict=False):
                for each in _stored(field, value):
                    counts[field.name][each] += number
            if of_rights:
                known[terms.of_json(values[len(single) :])] += number
        for field in of_rights:
            for value, _label in field.choices:
                cleared = (each for each in known if filters.is_cleared(field, value, each, at=at, days=days))
                counts[field.name][value] = sum(known[each] for each in cleared)

    names = [columns[path] for path in paths]
    grouped = ", ".join(dict.fromkeys(names))
    yield _Part(_ALIKE.format(listed=", ".join(names), grouped=grouped), (), read)


def _numbers(
    counted: Sequence[SearchField],
    columns: _Columns,
    counts: Mapping[str, Counter[str]],
    *,
    brand: int,
    shown: str,
    at: datetime,
) -> Iterable[_Part]:
    """Ranges, and what rows of filters alone know: each choice by itself."""
    asked: list[tuple[SearchField, str]] = []
    conditions, parameters = [], []
    for field in counted:
        ranges = field.one_at_a_time and not field.rights and not field.own
        if not (ranges or field.of_rows):
            continue
        column = columns[field.column_for(shown)]
        for value, _label in field.choices:
            if field.of_rows:
                condition, values = _IN_ROW, [filter_rows.fact(field, value, brand=brand)]
            else:
                condition, values = _between(filters.covered(field, value, at=at))
            asked.append((field, value))
            conditions.append(_NUMBER.format(condition=condition.format(column=column)))
            parameters += values

    def read(numbers: Sequence[int]) -> None:
        for (field, value), number in zip(asked, numbers, strict=True):
            counts[field.name][value] = number

    if asked:
        yield _Part(_NUMBERS.format(numbers=", ".join(conditions)), parameters, read)


def _between(span: Range) -> tuple[str, list[Any]]:
    """A condition of a `{column}`, and its parameters. Nothing that is empty lies in it."""
    ends = [
        (">" if span.low_strict else ">=", span.low),
        ("<" if span.high_strict else "<=", span.high),
    ]
    given = [(sign, end) for sign, end in ends if end is not None]
    return " AND ".join(f"{{column}} {sign} %s" for sign, _end in given), [end for _sign, end in given]


def _tags(
    counted: Sequence[SearchField], columns: _Columns, counts: Mapping[str, Counter[str]], *, most: int
) -> Iterable[_Part]:
    for field in counted:
        if field.column == filter_rows.TAGS:
            tags = columns[f"{filter_rows.OF_ASSET}__tags"]

            def read(often: Sequence[tuple[str, int]] | None, name: str = field.name) -> None:
                counts[name].update(dict(often or ()))

            yield _Part(_TAGS.format(tags=tags), [most], read)


def _own(
    counted: Sequence[SearchField], columns: _Columns, counts: Mapping[str, Counter[str]]
) -> Iterable[_Part]:
    own = [field for field in counted if field.own]

    def read(rows: Sequence[Sequence[Any]] | None) -> None:
        for name, of_values in own_fields.counted(own, rows or ()).items():
            counts[name].update(of_values)

    if own:
        yield _Part(_OWN.format(pk=columns.pk), [own_fields.numbers(own)], read)


def _is_single(field: SearchField) -> bool:
    """One column of the asset or of its version has its values; an array has several."""
    return not (field.many or field.rights or field.one_at_a_time or field.own or field.of_rows)


def _stored(field: SearchField, value: Any) -> Iterable[str]:
    """The values of a column, as they stand in addresses."""
    if value is None and field.array:
        return (UNKNOWN,)
    if value is None or value == "":
        return ()
    if field.array:
        return value  # type: ignore[no-any-return]
    if field.kind is Kind.FLAG:
        return (YES if value else NO,)
    return (str(value),)
