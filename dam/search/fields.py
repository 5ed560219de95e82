"""The table of search fields: whoever adds one adds it here, and nowhere else.

The syntax of the search box, filters, facets, chips and addresses read this table, and behind it the fields
that a brand has made for itself (dam.search.own_fields).
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand
from dam.accounts.principals import Principal
from dam.catalog.facts import Aspect, Resolution
from dam.catalog.models import Approval, AssetKind, Credentials, Origin
from dam.core.lazily import lazy
from dam.media.colours import Colour
from dam.rights import territories
from dam.rights.policy import Use
from dam.search import names, own_fields
from dam.search.choice_titles import COLOURS, USES
from dam.search.search_field import NO, YES, Combine, Kind, Rights, SearchField
from dam.search.units import LENGTH, NUMBER, PIXELS, RATE, SIZE


def _tag(typed: str) -> str | None:
    """In small letters, as tags are kept: so an index finds it."""
    return " ".join(typed.lower().split()) or None


def _name(typed: str) -> str | None:
    return " ".join(typed.split()) or None


def _territory(typed: str) -> str | None:
    try:
        return territories.code_of(typed)
    except territories.UnknownTerritory:
        return None


_TABLE = (
    SearchField(
        name="state",
        title=lazy("State"),
        column="{shown}__approval",
        kind=Kind.CHOICE,
        choices=tuple(Approval.choices),
        synonyms={
            "review": Approval.IN_REVIEW,
            "changes": Approval.CHANGES_REQUESTED,
            "released": Approval.APPROVED,
        },
        of_released=(Approval.APPROVED,),
    ),
    SearchField(
        name="kind",
        title=lazy("Kind"),
        column="{shown}__kind",
        kind=Kind.CHOICE,
        choices=tuple(AssetKind.choices),
        synonyms={
            "image": AssetKind.STILL,
            "picture": AssetKind.STILL,
            "photo": AssetKind.STILL,
            "film": AssetKind.VIDEO,
            "audio": AssetKind.SOUND,
            "music": AssetKind.SOUND,
        },
    ),
    SearchField(
        name="origin",
        title=lazy("Origin"),
        column="{shown}__origin",
        kind=Kind.CHOICE,
        choices=tuple(Origin.choices),
        synonyms={"ai": Origin.GENERATED, "upload": Origin.UPLOADED},
    ),
    SearchField(
        name="credentials",
        title=lazy("Credentials"),
        column="{shown}__credentials",
        kind=Kind.CHOICE,
        choices=tuple(Credentials.choices),
    ),
    SearchField(
        name="tag",
        title=lazy("Tags"),
        column="tags__name",
        reader=_tag,
        combine=Combine.EVERY,
        many=True,
        icon="tag",
        excluded_chip=lazy("not tagged {}"),
        takes=lazy("a tag"),
        examples=("drinks", '"cold drinks"'),
    ),
    SearchField(
        name="collection",
        title=lazy("Collections"),
        column="collection_items__collection__name",
        reader=_name,
        combine=Combine.EVERY,
        many=True,
        in_collections=True,
        icon="folder",
        chip=lazy("in {}"),
        excluded_chip=lazy("not in {}"),
        takes=lazy("the name of a collection"),
        examples=("launch", '"summer launch"'),
    ),
    SearchField(
        name="favourite",
        title=lazy("Favourites"),
        column="favourites",
        kind=Kind.FLAG,
        presence=True,
        of_favourites=True,
        choices=((YES, lazy("My favourites")), (NO, lazy("Not my favourites"))),
        facet=False,
        icon="star",
    ),
    SearchField(
        name="by",
        title=lazy("People"),
        column="created_by__name",
        lookups=("created_by__name__icontains", "created_by__email__istartswith"),
        combine=Combine.EVERY,
        icon="user",
        takes=lazy("a name, or the beginning of an email address"),
        examples=("ada",),
        chip=lazy("by {}"),
        excluded_chip=lazy("not by {}"),
    ),
    SearchField(
        name="created",
        title=lazy("Added"),
        column="created_at",
        kind=Kind.DATE,
        choices=(
            ("today", lazy("Today")),
            ("week", lazy("Last 7 days")),
            ("month", lazy("Last 30 days")),
            ("year", lazy("Last year")),
        ),
        combine=Combine.EVERY,
        icon="calendar",
        chip=lazy("added {}"),
        excluded_chip=lazy("not added {}"),
        examples=("today", "2026-01..2026-03", ">2026-01-01", "7d"),
    ),
    SearchField(
        name="duration",
        title=lazy("Length"),
        column="{shown}__duration_ms",
        kind=Kind.NUMBER,
        unit=LENGTH,
        choices=(
            ("<5s", lazy("Under 5 s")),
            ("5s..15s", lazy("5 to 15 s")),
            ("15s..60s", lazy("15 to 60 s")),
            (">60s", lazy("Over a minute")),
        ),
        combine=Combine.EVERY,
        icon="clock",
        examples=(">10s", "5-15", "1:30"),
        takes=lazy("a length or a range, such as >10s, 5-15 or 1:30"),
    ),
    SearchField(
        name="aspect",
        title=lazy("Aspect ratio"),
        column="{shown}__aspect",
        kind=Kind.CHOICE,
        choices=tuple(Aspect.choices),
        synonyms={
            "landscape": Aspect.WIDE,
            "wide": Aspect.WIDE,
            "portrait": Aspect.TALL,
            "vertical": Aspect.TALL,
            "square": Aspect.SQUARE,
        },
        icon="ratio",
    ),
    SearchField(
        name="resolution",
        title=lazy("Resolution"),
        column="{shown}__resolution",
        kind=Kind.CHOICE,
        choices=tuple(Resolution.choices),
        synonyms={
            "720p": Resolution.HD,
            "1080p": Resolution.FULL_HD,
            "fhd": Resolution.FULL_HD,
            "fullhd": Resolution.FULL_HD,
            "2160p": Resolution.UHD,
            "uhd": Resolution.UHD,
        },
    ),
    SearchField(
        name="fps",
        title=lazy("Frame rate"),
        column="{shown}__frame_rate",
        kind=Kind.NUMBER,
        unit=RATE,
        choices=(
            ("23.976", "23.976"),
            ("24", "24"),
            ("25", "25"),
            ("29.97", "29.97"),
            ("30", "30"),
            (">=48", lazy("48 and more")),
        ),
        combine=Combine.EVERY,
        chip=lazy("{} fps"),
        excluded_chip=lazy("not {} fps"),
        examples=("25", "23.976", ">=50"),
        takes=lazy("frames per second or a range, such as 25, 23.976 or >=50"),
    ),
    SearchField(
        name="colour",
        title=lazy("Colour"),
        column="{shown}__colours",
        lookups=("{shown}__colours__contains",),
        kind=Kind.CHOICE,
        choices=tuple((colour.value, COLOURS[colour]) for colour in Colour),
        synonyms={
            "gray": Colour.GREY,
            "cyan": Colour.TEAL,
            "turquoise": Colour.TEAL,
            "violet": Colour.PURPLE,
        },
        combine=Combine.EVERY,
        array=True,
        icon="palette",
    ),
    SearchField(
        name="sound",
        title=lazy("Sound"),
        column="{shown}__has_sound",
        kind=Kind.FLAG,
        choices=((YES, lazy("With sound")), (NO, lazy("Without sound"))),
        icon="volume-2",
    ),
    SearchField(
        name="model",
        title=lazy("Model"),
        column="{shown}__model",
        lookups=("{shown}__model__istartswith",),
        icon="sparkles",
        examples=("previz-dit",),
        takes=lazy("the name of a model, or its beginning"),
    ),
    SearchField(
        name="prompt",
        title=lazy("Prompt"),
        column="{shown}__prompt",
        lookups=("{shown}__prompt__icontains",),
        combine=Combine.EVERY,
        facet=False,
        needs=Capability.VIEW_UNRELEASED,
        icon="text-quote",
        chip=lazy("prompt: {}"),
        excluded_chip=lazy("prompt: not {}"),
        examples=("bottle", '"red bottle"'),
        takes=lazy("words of the prompt"),
    ),
    SearchField(
        name="prompt_like",
        title=lazy("Similar prompt"),
        column="{shown}__prompt",
        of_prompts=True,
        combine=Combine.EVERY,
        facet=False,
        needs=Capability.VIEW_UNRELEASED,
        icon="message-square-quote",
        chip=lazy("prompt like “{}”"),
        excluded_chip=lazy("prompt not like “{}”"),
        examples=('"a calm sea at night"',),
        takes=lazy("words that mean what the prompt means"),
    ),
    SearchField(
        name="seed",
        title=lazy("Seed"),
        column="{shown}__seed",
        kind=Kind.NUMBER,
        unit=NUMBER,
        combine=Combine.EVERY,
        facet=False,
        needs=Capability.VIEW_UNRELEASED,
        icon="dices",
        chip=lazy("seed {}"),
        excluded_chip=lazy("seed not {}"),
        examples=("42",),
        takes=lazy("a whole number, such as 42"),
    ),
    SearchField(
        name="language",
        title=lazy("Language"),
        column="{shown}__document__language",
        reader=str.lower,
        facet=False,
        icon="languages",
        examples=("en", "fr"),
        takes=lazy("the short name of a language, such as en or fr"),
    ),
    SearchField(
        name="filename",
        title=lazy("File name"),
        column="{shown}__filename",
        lookups=("{shown}__filename__icontains",),
        combine=Combine.EVERY,
        facet=False,
        icon="file",
        examples=("IMG_2034", ".mov"),
        takes=lazy("a part of the file's name"),
    ),
    SearchField(
        name="use",
        title=lazy("May be used for"),
        column="{shown}__rights__uses",
        kind=Kind.CHOICE,
        choices=tuple((use.value, USES[use]) for use in Use),
        combine=Combine.EVERY,
        array=True,
        rights=Rights.USE,
        icon="circle-check-big",
        chip=lazy("may be used for {}"),
        excluded_chip=lazy("may not be used for {}"),
    ),
    SearchField(
        name="territory",
        title=lazy("May be used in"),
        column="{shown}__rights__territories",
        reader=_territory,
        speaker=territories.name_of,
        combine=Combine.EVERY,
        array=True,
        rights=Rights.TERRITORY,
        facet=False,
        icon="globe",
        chip=lazy("may be used in {}"),
        excluded_chip=lazy("may not be used in {}"),
        examples=("FR", "germany", "EU", "worldwide"),
        takes=lazy("a country or its code, EU or worldwide"),
    ),
    SearchField(
        name="on",
        title=lazy("May be used on"),
        column="{shown}__rights__valid_until",
        kind=Kind.DATE,
        combine=Combine.EVERY,
        rights=Rights.ON,
        facet=False,
        icon="calendar-check",
        chip=lazy("may be used {}"),
        excluded_chip=lazy("may not be used {}"),
        examples=("2026-12-24", "2026-12", "today"),
    ),
    SearchField(
        name="hold",
        title=lazy("Legal hold"),
        column="held_at",
        kind=Kind.FLAG,
        presence=True,
        choices=((YES, lazy("Under legal hold")), (NO, lazy("Not under legal hold"))),
        facet=False,
        needs=Capability.VIEW_UNRELEASED,
        icon="scale",
    ),
    SearchField(
        name="width",
        title=lazy("Width"),
        column="{shown}__width",
        kind=Kind.NUMBER,
        unit=PIXELS,
        combine=Combine.EVERY,
        facet=False,
        icon="ruler",
        chip=lazy("width {}"),
        excluded_chip=lazy("width not {}"),
        examples=(">=1920", "1080"),
        takes=lazy("pixels or a range, such as >=1920 or 640..1280"),
    ),
    SearchField(
        name="height",
        title=lazy("Height"),
        column="{shown}__height",
        kind=Kind.NUMBER,
        unit=PIXELS,
        combine=Combine.EVERY,
        facet=False,
        icon="ruler",
        chip=lazy("height {}"),
        excluded_chip=lazy("height not {}"),
        examples=(">=1080", "720"),
        takes=lazy("pixels or a range, such as >=1080 or 720..1080"),
    ),
    SearchField(
        name="size",
        title=lazy("File size"),
        column="{shown}__size",
        kind=Kind.NUMBER,
        unit=SIZE,
        combine=Combine.EVERY,
        facet=False,
        icon="hard-drive",
        examples=(">100MB", "1GB..2GB"),
        takes=lazy("a file size or a range, such as >100MB or 1GB..2GB"),
    ),
)
FIELDS: dict[str, SearchField] = {field.name: field for field in _TABLE}


def known(brand: Brand | None) -> Mapping[str, SearchField]:
    """All by which clips of the brand can be narrowed: those of the table, then its own."""
    own = own_fields.of(brand) if brand is not None else {}
    return {**FIELDS, **{name: field for name, field in own.items() if name not in FIELDS}} if own else FIELDS


def of(principal: Principal) -> dict[str, SearchField]:
    """The fields that this person may search by."""
    return {name: field for name, field in known(principal.brand).items() if principal.can(field.needs)}


class Narrowed(Protocol):
    """A search that is kept, with values by the names of their fields."""

    @property
    def filters(self) -> Mapping[str, Iterable[str]]: ...


def told(searches: Iterable[Narrowed], *, by: Principal) -> Mapping[str, SearchField]:
    """By what these were narrowed, in the words that this person may know."""
    return as_seen(known(by.brand), [each.filters for each in searches], by=by)


def as_seen(
    known: Mapping[str, SearchField], named: Iterable[Mapping[str, Iterable[str]]], *, by: Principal
) -> Mapping[str, SearchField]:
    """These fields with those options of the brand's own that this person may know of.

    What a brand is to call its next launch is no news for those who see released clips alone, nor can they
    guess it: of the options that are `named` they are told by those that a clip they see has. Any other word
    is said as it was typed, whether there is such an option or not.
    """
    if by.can(Capability.VIEW_UNRELEASED):
        return known
    asked = list(named)
    guarded = {}
    for name, field in known.items():
        if field.own and field.kind is Kind.CHOICE:
            typed = {value for each in asked for key in (name, f"-{name}") for value in each.get(key, ())}
            keys = {key for key in map(field.read, typed) if key and key in field.own.options}
            guarded[name] = own_fields.guarded(
                field, names.options(field.own, keys, principal=by) if keys else ()
            )
    return {**known, **guarded} if guarded else known
