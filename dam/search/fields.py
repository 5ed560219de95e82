"""The table of search fields: whoever adds one adds it here, and nowhere else.

The syntax of the search box, filters, facets, chips and addresses read this table.
"""

from decimal import Decimal

from dam.catalog.models import Approval, Credentials, Origin
from dam.search.measures import Unit
from dam.search.search_field import Combine, Kind, SearchField

_SECOND, _MEGABYTE = Decimal(1000), Decimal(1024**2)
LENGTH = Unit(
    {
        "s": _SECOND,
        "sec": _SECOND,
        "ms": Decimal(1),
        "m": 60 * _SECOND,
        "min": 60 * _SECOND,
        "h": 3600 * _SECOND,
    },
    clock=True,
)
PIXELS = Unit({"": Decimal(1), "px": Decimal(1)}, whole=True)
SIZE = Unit(
    {
        "mb": _MEGABYTE,
        "b": Decimal(1),
        "kb": Decimal(1024),
        "gb": 1024 * _MEGABYTE,
        "tb": 1024**2 * _MEGABYTE,
    }
)

_TABLE = (
    SearchField(
        name="state",
        title="State",
        column="{shown}__approval",
        kind=Kind.CHOICE,
        choices=tuple(Approval.choices),
        synonyms={
            "review": Approval.IN_REVIEW,
            "changes": Approval.CHANGES_REQUESTED,
            "released": Approval.APPROVED,
        },
    ),
    SearchField(
        name="origin",
        title="Origin",
        column="{shown}__origin",
        kind=Kind.CHOICE,
        choices=tuple(Origin.choices),
        synonyms={"ai": Origin.GENERATED, "upload": Origin.UPLOADED},
    ),
    SearchField(
        name="credentials",
        title="Credentials",
        column="{shown}__credentials",
        kind=Kind.CHOICE,
        choices=tuple(Credentials.choices),
    ),
    SearchField(
        name="tag",
        title="Tags",
        column="tags__name",
        lookups=("tags__name__iexact",),
        combine=Combine.EVERY,
        many=True,
        icon="tag",
        excluded_chip="not tagged {}",
    ),
    SearchField(
        name="by",
        title="People",
        column="created_by__name",
        lookups=("created_by__name__icontains", "created_by__email__istartswith"),
        combine=Combine.EVERY,
        facet=False,
        icon="user",
        chip="by {}",
        excluded_chip="not by {}",
    ),
    SearchField(
        name="created",
        title="Added",
        column="created_at",
        kind=Kind.DATE,
        combine=Combine.EVERY,
        facet=False,
        icon="calendar",
        chip="added {}",
        excluded_chip="not added {}",
        examples=("today", "2026-01..2026-03", ">2026-01-01", "7d"),
    ),
    SearchField(
        name="duration",
        title="Length",
        column="{shown}__duration_ms",
        kind=Kind.NUMBER,
        unit=LENGTH,
        combine=Combine.EVERY,
        facet=False,
        icon="clock",
        examples=(">10s", "5-15", "1:30"),
        takes="a length or a range, such as >10s, 5-15 or 1:30",
    ),
    SearchField(
        name="width",
        title="Width",
        column="{shown}__width",
        kind=Kind.NUMBER,
        unit=PIXELS,
        combine=Combine.EVERY,
        facet=False,
        icon="ruler",
        chip="width {}",
        excluded_chip="width not {}",
        examples=(">=1920", "1080"),
        takes="pixels or a range, such as >=1920 or 640..1280",
    ),
    SearchField(
        name="height",
        title="Height",
        column="{shown}__height",
        kind=Kind.NUMBER,
        unit=PIXELS,
        combine=Combine.EVERY,
        facet=False,
        icon="ruler",
        chip="height {}",
        excluded_chip="height not {}",
        examples=(">=1080", "720"),
        takes="pixels or a range, such as >=1080 or 720..1080",
    ),
    SearchField(
        name="size",
        title="File size",
        column="{shown}__size",
        kind=Kind.NUMBER,
        unit=SIZE,
        combine=Combine.EVERY,
        facet=False,
        icon="hard-drive",
        examples=(">100MB", "1GB..2GB"),
        takes="a file size or a range, such as >100MB or 1GB..2GB",
    ),
)
FIELDS: dict[str, SearchField] = {field.name: field for field in _TABLE}
