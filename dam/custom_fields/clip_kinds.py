"""For which kinds of clip a brand's fields are: which fields a clip is asked, and what it can have in them.

What a clip has in a field of other kinds stays with it, and can be cleared; nothing is added to it.
"""

from collections.abc import Collection, Mapping
from uuid import UUID

from dam.catalog.models import Asset, AssetKind
from dam.core import language
from dam.core.language import gettext as _
from dam.core.lazily import lazy
from dam.custom_fields.definitions import EMPTY, Field, Schema, Written
from dam.custom_fields.reading import ValueRefused

WORDS = {
    AssetKind.VIDEO: lazy("videos"),
    AssetKind.STILL: lazy("images"),
    AssetKind.SOUND: lazy("sound"),
}


def said(kinds: Collection[str]) -> str:
    """Some kinds in words, in the order of the product: "videos and sound"."""
    return language.listed([str(words) for kind, words in WORDS.items() if kind.value in kinds])


def named(fields: Collection[Field]) -> list[str]:
    """The titles of fields, each that isn't for all clips with the kinds that it is for."""
    return [f"{each.title} ({said(each.clip_kinds)})" if each.clip_kinds else each.title for each in fields]


def note(field: Field) -> str:
    """Beside a field that isn't for all clips; empty beside others."""
    return _("Only for %(kinds)s.") % {"kinds": said(field.clip_kinds)} if field.clip_kinds else ""


def refusal(field: Field) -> str:
    return _("“%(field)s” is only for %(kinds)s.") % {"field": field.title, "kinds": said(field.clip_kinds)}


def asked_of(asset: Asset, known: Schema) -> Schema:
    """The fields that this clip is asked, of those of its brand."""
    return known.asked_of(of([asset], known)[asset.pk])


def of(chosen: Collection[Asset], known: Schema) -> dict[UUID, str | None]:
    """The kind of each clip, None where it has no version yet; in one query at most.

    Without one where every field is for all clips: then nobody asks for the kind.
    """
    if not known.by_kind:
        return {asset.pk: None for asset in chosen}
    rows = Asset.objects.filter(pk__in=[asset.pk for asset in chosen])
    return dict(rows.values_list("pk", "latest__kind"))


def require(
    known: Schema, wanted: Mapping[str, Written], has: Mapping[str, Written], kind: str | None
) -> None:
    """Raise ValueRefused where something is put into a field that isn't for clips of this kind.

    What is there can stay, and be taken away.
    """
    for key, value in wanted.items():
        if not known[key].is_for(kind) and set(value).difference(has.get(key, EMPTY)):
            raise ValueRefused(known[key], refusal(known[key]))
