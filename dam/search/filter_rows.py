"""Filters by tags and by facts of the version shown, all of them asked of one row with one index.

Each by itself they keep a great many of a million assets, and together few. Joined from their tables, what
one filter keeps has to be looked up for the next; the index reads what is in all of its lists.
"""

from collections import Counter
from collections.abc import Sequence

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Count, F, Func, QuerySet, Value
from django.db.models.expressions import Combinable

from dam.catalog.models import Asset
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


def _overlap(facts: Combinable, field: SearchField, values: Sequence[str], brand: int) -> Overlap:
    name = field.name if field.of_rows else _COLUMNS[field.column]
    spelled = [{YES: "true"}.get(value, "false") if field.kind is Kind.FLAG else value for value in values]
    wanted = (
        Func(Value(f"{brand} {name} {value}"), Value(0), function="hashtextextended") for value in spelled
    )
    return Overlap(facts, _Numbers(*wanted))


def tagged(rows: QuerySet[FilterRow], tags: Sequence[int]) -> QuerySet[FilterRow]:
    """The rows that have any of these tags, by their keys."""
    return rows.filter(tags__overlap=list(tags))


def counts(
    fields: Sequence[SearchField], assets: QuerySet[Asset], *, brand: int, shown: str
) -> dict[str, Counter[str]]:
    """How many of these assets have each value of fields that rows alone know, in one query."""
    asked = {f"{field.name}_{value}": (field, value) for field in fields for value, _ in field.choices}
    wanted = {
        name: Count("pk", filter=_overlap(F(shown), field, [value], brand))
        for name, (field, value) in asked.items()
    }
    found = FilterRow.objects.filter(asset__in=assets.values("pk")).aggregate(**wanted) if wanted else {}
    counted: dict[str, Counter[str]] = {field.name: Counter() for field in fields}
    for name, (field, value) in asked.items():
        counted[field.name][value] = found[name]
    return counted
