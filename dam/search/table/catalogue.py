"""Search fields: what the catalogue says of a clip."""

from dam.catalog.models import Approval, AssetKind, Credentials, Origin
from dam.core.lazily import lazy
from dam.search.search_field import NO, YES, Combine, Kind, SearchField


def _tag(typed: str) -> str | None:
    """In small letters, as tags are kept: so an index finds it."""
    return " ".join(typed.lower().split()) or None


def _name(typed: str) -> str | None:
    return " ".join(typed.split()) or None


FIELDS = (
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
        aliases=("type",),
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
        aliases=("tags",),
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
        name="inside",
        title=lazy("Collections, including nested"),
        column="collection_items__collection__name",
        reader=_name,
        combine=Combine.EVERY,
        many=True,
        in_collections=True,
        nested=True,
        facet=False,
        icon="folders",
        chip=lazy("in {} and its collections"),
        excluded_chip=lazy("not in {} and its collections"),
        takes=lazy("the name of a collection"),
        examples=("launch",),
    ),
    SearchField(
        name="favourite",
        aliases=("favorite", "favourites", "favorites"),
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
        aliases=("creator", "author"),
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
        aliases=("date", "added"),
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
)
