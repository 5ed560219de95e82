"""Filters by tags and by facts of the version shown, all of them asked of one row with one index.

Each by itself they keep a great many of a million assets, and together few. Joined from their tables, what
one filter keeps has to be looked up for the next; the index reads what is in all of its lists.
"""

from collections.abc import Sequence

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F, Func, QuerySet, Value
from django.db.models.expressions import Combinable

from dam.search.arrays import Overlap
from dam.search.models import FilterRow
from dam.search.search_field import YES, Kind, SearchField

# Columns of a version whose values are facts in a row. The triggers spell them in the same way.
FACTS = ("approval", "kind", "origin", "credentials", "aspect", "resolution", "has_sound", "colours")
TAGS = "tags__name"
_COLUMNS = {f"{{shown}}__{name}": name for name in FACTS}
OF_ASSET = "filter_row"  # from an asset to its row


class _Numbers(Func):
    template = "ARRAY[%(expressions)s]::bigint[]"
    output_field = ArrayField(BigIntegerField())


def holds(field: SearchField) -> bool:
    """Whether rows know this field's values: tags, single ones of a version's column, or theirs alone."""
    return field.of_rows or field.column == TAGS or field.column in _COLUMNS


def having_any(
    rows: QuerySet[FilterRow], field: SearchField, values: Sequence[str], *, brand: int, shown: str
) -> QuerySet[FilterRow]:
    """The rows that have any of these values, as `field.read` gives them, in the version that is shown."""
    return rows.filter(_overlap(F(shown), field, values, brand)) if values else rows.none()


def has(field: SearchField, value: str, *, brand: int, shown: str) -> Overlap:
    """A condition of assets: whether its row has this value."""
    return _overlap(F(f"{OF_ASSET}__{shown}"), field, [value], brand)


def fact(field: SearchField, value: str, *, brand: int) -> str:
    """What the database makes the number of, by which rows know this value."""
    name = field.name if field.of_rows else _COLUMNS[field.column]
    spelled = {YES: "true"}.get(value, "false") if field.kind is Kind.FLAG else value
    return f"{brand} {name} {spelled}"


def _overlap(facts: Combinable, field: SearchField, values: Sequence[str], brand: int) -> Overlap:
    named = (Value(fact(field, value, brand=brand)) for value in values)
    wanted = (Func(name, Value(0), function="hashtextextended") for name in named)
    return Overlap(facts, _Numbers(*wanted))


def tagged(rows: QuerySet[FilterRow], tags: Sequence[int]) -> QuerySet[FilterRow]:
    """The rows that have any of these tags, by their keys."""
    return rows.filter(tags__overlap=list(tags))
