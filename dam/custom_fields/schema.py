"""The fields of a brand as they are now, without a query for each who asks.

A brand's row says when they were last changed (`fields_at`); what was read for that moment stays right, and a
brand without fields has none.
"""

from collections import OrderedDict, defaultdict
from datetime import datetime
from threading import Lock

from dam.accounts.models import Brand
from dam.custom_fields.definitions import Field, Kind, Option, Schema
from dam.custom_fields.models import CustomField, FieldOption

_KEPT = 256  # brands, in this process
_known: OrderedDict[tuple[int, datetime], Schema] = OrderedDict()
_lock = Lock()
NONE = Schema()


def of(brand: Brand) -> Schema:
    """As the brand's row, as it was read, says."""
    if brand.fields_at is None:
        return NONE
    key = (brand.pk, brand.fields_at)
    with _lock:
        if key in _known:
            _known.move_to_end(key)
            return _known[key]
    found = read(brand.pk)
    with _lock:
        _known[key] = found
        while len(_known) > _KEPT:
            _known.popitem(last=False)
    return found


def read(brand_id: int) -> Schema:
    """As the tables say now, in three queries."""
    rows = list(CustomField.objects.filter(brand=brand_id).select_related("depends_on"))
    options: dict[int, list[Option]] = defaultdict(list)
    only_with: dict[int, set[str]] = defaultdict(set)
    through = FieldOption.only_with.through.objects.filter(from_fieldoption__field__brand=brand_id)
    for option_id, key in through.values_list("from_fieldoption", "to_fieldoption__key"):
        only_with[option_id].add(key)
    for option in FieldOption.objects.filter(field__brand=brand_id):
        options[option.field_id].append(
            Option(
                number=option.pk,
                key=option.key,
                label=option.label,
                retired=option.retired_at is not None,
                only_with=frozenset(only_with[option.pk]),
            )
        )
    return Schema(tuple(_field(row, options[row.pk]) for row in rows))


def _field(row: CustomField, options: list[Option]) -> Field:
    return Field(
        number=row.pk,
        key=row.key,
        title=row.title,
        kind=Kind(row.kind),
        help=row.help,
        required=row.required,
        default=tuple(row.default),
        in_filters=row.in_filters,
        depends_on=row.depends_on.key if row.depends_on else "",
        options=tuple(options),
        retired=row.retired_at is not None,
        clip_kinds=frozenset(row.clip_kinds),
    )
