"""Tags: a brand's own words for its assets."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from unicodedata import normalize
from uuid import UUID

from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from dam.catalog.models import Asset, Tag
from dam.core import errors, foreign_text, locks
from dam.core.language import number

_Tagging = Asset.tags.through

LONGEST = 60
MOST = 200  # of one asset
# Who names tags beside clips, of some brands by their ids. Reviews live above: asked by name.
NAMED_BY = ("provenance.review.rules.tags",)


class TagRefused(errors.Refused):
    """A tag is too long, or there are too many."""

    code = "tag"


def parse(words: str) -> tuple[str, ...]:
    """Tags as people type them, separated by commas: trimmed, lower case, each once, in order.

    >>> parse(" Summer,  product  shot,summer,")
    ('summer', 'product shot')
    """
    return clean(words.replace("\n", ",").split(","))


def clean(names: Iterable[str]) -> tuple[str, ...]:
    """Trimmed, lower case, without blanks and repetitions. Raises TagRefused: nothing is cut or left out.

    Without what nobody sees, and each letter written in one way: what looks alike is one tag.
    """
    cleaned = tuple(dict.fromkeys(filter(None, map(_tidy, names))))
    for name in cleaned:
        if len(name) > LONGEST:
            raise TagRefused(
                _("The tag “%(value)s” has %(value2)s characters. A tag has at most %(longest)s.")
                % {"value": name, "value2": len(name), "longest": LONGEST}
            )
    require_room(cleaned)
    return cleaned


def possible(names: Iterable[str]) -> tuple[str, ...]:
    """Those of words from outside that can be tags, cleaned, each once, as many as an asset can have."""
    cleaned = dict.fromkeys(filter(None, map(_tidy, names)))
    return tuple(name for name in cleaned if len(name) <= LONGEST and "," not in name)[:MOST]


def _tidy(name: str) -> str:
    return " ".join(normalize("NFC", foreign_text.neutral(name).lower()).split())


def require_room(names: Collection[str]) -> None:
    """Raise TagRefused for more tags than one asset has."""
    if len(names) > MOST:
        raise TagRefused(
            _("A clip has at most %(most)s tags; this would be %(names)s.")
            % {"most": MOST, "names": number(len(names))}
        )


def assign(asset: Asset, names: Iterable[str]) -> bool:
    """Make `names` the asset's tags; True when that changed anything. The caller has locked the asset."""
    cleaned = clean(names)
    before = set(asset.tags.values_list("name", flat=True))
    if before == set(cleaned):
        return False
    asset.tags.set(_get_or_create(asset.brand_id, cleaned).values())
    return True


def of(assets: Iterable[Asset]) -> dict[UUID, set[str]]:
    """The tags of many assets, in one query."""
    names: dict[UUID, set[str]] = {asset.pk: set() for asset in assets}
    for asset_id, name in _Tagging.objects.filter(asset__in=names).values_list("asset_id", "tag__name"):
        names[asset_id].add(name)
    return names


def add(names: Mapping[Asset, Iterable[str]]) -> None:
    """Put further tags on assets, in a few queries for each brand. The caller has locked the assets."""
    for brand_id in sorted({asset.brand_id for asset in names}):
        here = {asset: tag_names for asset, tag_names in names.items() if asset.brand_id == brand_id}
        made = _get_or_create(brand_id, {name for tag_names in here.values() for name in tag_names})
        _Tagging.objects.bulk_create(
            [
                _Tagging(asset=asset, tag=made[name])
                for asset, tag_names in here.items()
                for name in tag_names
            ],
            ignore_conflicts=True,
        )


def remove(names: Mapping[Asset, Collection[str]]) -> None:
    """Take tags off assets, in two queries. The caller has locked the assets."""
    going = {asset.pk: set(tag_names) for asset, tag_names in names.items() if tag_names}
    rows = _Tagging.objects.filter(asset__in=going).values_list("pk", "asset_id", "tag__name")
    _Tagging.objects.filter(pk__in=[pk for pk, asset_id, name in rows if name in going[asset_id]]).delete()


def delete_unused() -> int:
    """Tags that nobody uses any more go; how many went. Nobody gives out tags meanwhile.

    One that a rule names stays known: without it the rule would be none, and hold up what it decides on.
    """
    unused = Tag.objects.filter(assets=None)
    with transaction.atomic():
        brands = list(unused.order_by("brand").values_list("brand_id", flat=True).distinct())
        for brand_id in brands:
            locks.hold(_lock(brand_id))
        return unused.exclude(pk__in=_named(brands)).delete()[0]


def _named(brands: Sequence[int]) -> list[int]:
    """The keys of the tags that rules of these brands name."""
    named: dict[int, set[str]] = defaultdict(set)
    for path in NAMED_BY:
        for brand_id, names in import_string(path)(brands).items():
            named[brand_id] |= names
    rows = Tag.objects.filter(brand__in=named, name__in=set().union(*named.values()))
    return [
        pk for pk, brand_id, name in rows.values_list("pk", "brand_id", "name") if name in named[brand_id]
    ]


def _get_or_create(brand_id: int, names: Iterable[str]) -> dict[str, Tag]:
    """The brand's tags of these names, made where they are missing.

    In one order: of two who make the same new tags the second waits for the first, and never both.
    """
    ordered = sorted(names)
    locks.hold(_lock(brand_id), shared=True)
    Tag.objects.bulk_create([Tag(brand_id=brand_id, name=name) for name in ordered], ignore_conflicts=True)
    return {tag.name: tag for tag in Tag.objects.filter(brand_id=brand_id, name__in=ordered)}


def _lock(brand_id: int) -> str:
    return f"tags:{brand_id}"
