"""The columns of the library's list: which there are, which somebody chose, and what clips have in them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, prefetch_related_objects
from django.template.defaultfilters import filesizeformat

from dam.accounts import times
from dam.accounts.models import Brand, Membership
from dam.accounts.principals import Member, Principal
from dam.core import language
from dam.core.lazily import lazy
from dam.custom_fields import schema, shown, values
from dam.custom_fields.definitions import EMPTY, Field, Kind
from dam.rights import policy, terms
from dam.web.cards import AssetCard
from dam.web.own_fields import rows
from dam.web.templatetags.ui_tags import duration

OWN = "field:"  # before the search name of a brand's own field
DEFAULT = ("status", "tags", "length", "size", "added_by", "added")
NARROW, WIDE, NUMBER = "cell-narrow", "cell-wide", "cell-narrow number figures"


_LOOKS = {Kind.NUMBER: NUMBER, Kind.YES_NO: NARROW, Kind.TEXT: WIDE, Kind.LINK: WIDE}


@dataclass(frozen=True)
class Column:
    """`look` are classes: how wide it is. Without `text` and `end` the template knows what stands in it."""

    name: str  # as it is kept
    title: str
    look: str = ""
    text: Callable[[AssetCard], str] | None = None
    end: Callable[[AssetCard], datetime | None] | None = None  # told as the day that it is where the brand is
    own: Field | None = None
    reads: str = ""  # of a clip, that no card shows


@dataclass(frozen=True)
class Cell:
    column: Column
    text: str = ""


def _resolution(card: AssetCard) -> str:
    version = card.version
    return f"{version.width} × {version.height}" if version.width and version.height else ""


def _rights_end(card: AssetCard) -> datetime | None:
    return policy.left(terms.of(card.version)).valid_until


def _tags(card: AssetCard) -> str:
    return ", ".join(tag.name for tag in card.asset.tags.all())


COLUMNS = (
    Column("status", lazy("Status"), WIDE),
    Column("tags", lazy("Tags"), text=_tags, reads="tags"),
    Column("length", lazy("Length"), NUMBER, lambda card: duration(card.version.duration_ms)),
    Column("size", lazy("Size"), NUMBER, lambda card: filesizeformat(card.version.size)),
    Column("added_by", lazy("Added by"), text=lambda card: card.asset.created_by.name, reads="created_by"),
    Column("added", lazy("Added")),
    Column("edited", lazy("Edited")),
    Column("resolution", lazy("Resolution"), text=_resolution),
    Column("kind", lazy("Kind"), NARROW, lambda card: card.version.get_kind_display()),
    Column("origin", lazy("Origin"), text=lambda card: card.version.get_origin_display()),
    Column("credentials", lazy("Credentials")),
    Column("rights_end", lazy("Cleared until"), end=_rights_end),
    Column("version", lazy("Version"), NARROW, lambda card: f"v{card.version.number}"),
    Column("file_name", lazy("File name"), WIDE, lambda card: card.version.filename),
)


def offered(brand: Brand) -> dict[str, Column]:
    """Those that there are, by their names: the brand's own fields behind the others."""
    fields = schema.of(brand).in_use
    own = (Column(OWN + each.key, each.title, _LOOKS.get(each.kind, ""), own=each) for each in fields)
    return {column.name: column for column in (*COLUMNS, *own)}


def chosen(principal: Principal) -> tuple[Column, ...]:
    """Those of this person in this brand, in their order; for others, and for programs, the usual ones."""
    kept = _rows(principal).values_list("list_columns", flat=True).first() if may(principal) else None
    known = offered(principal.brand)
    return tuple(known[name] for name in (DEFAULT if kept is None else kept) if name in known)


def may(principal: Principal) -> bool:
    """Whether they can choose: a person, for whom it is kept."""
    return isinstance(principal, Member)


def choose(names: Sequence[str] | None, *, by: Principal) -> None:
    """Keep these, in this order; None for the usual ones. A field that is retired now isn't asked about."""
    known = offered(by.brand)
    kept = None if names is None else [name for name in dict.fromkeys(names) if name in known]
    _rows(by).update(list_columns=kept)


def _rows(principal: Principal) -> QuerySet[Membership]:
    return Membership.objects.filter(user=principal.user, brand=principal.brand)


def fill(
    cards: Collection[AssetCard], columns: Sequence[Column], *, by: Principal
) -> dict[UUID, tuple[Cell, ...]]:
    """What each clip has in each column, by the clips' ids; at most two queries for own fields, and one for
    what a column reads beside a card."""
    assets = [card.asset for card in cards]
    for column in columns:
        if column.reads:
            prefetch_related_objects(assets, column.reads)
    own = [column.own for column in columns if column.own]
    known = schema.of(by.brand)
    has = values.of(assets, known=known) if own else {}
    names, zone = rows.names_of(own, list(has.values())), times.of_brand(by.brand)
    return {
        card.asset.pk: tuple(
            Cell(column, _text(column, card, has.get(card.asset.pk, {}), names, zone)) for column in columns
        )
        for card in cards
    }


def _text(
    column: Column, card: AssetCard, has: values.Values, names: Mapping[str, str], zone: ZoneInfo
) -> str:
    if column.own:
        texts = shown.texts(column.own, has.get(column.own.key, EMPTY), names=names)
        return ", ".join(texts)
    if column.end:
        ends = column.end(card)
        return language.day(ends.astimezone(zone)) if ends else ""
    return column.text(card) if column.text else ""
