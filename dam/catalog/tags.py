"""Tags: a brand's own words for its assets."""

from collections.abc import Iterable

from dam.catalog.models import Asset, Tag

LONGEST = 60
MOST = 50


def parse(words: str) -> tuple[str, ...]:
    """Tags as people type them, separated by commas: trimmed, lower case, each once, in order.

    >>> parse(" Summer,  product  shot,summer,")
    ('summer', 'product shot')
    """
    return clean(words.replace("\n", ",").split(","))


def clean(names: Iterable[str]) -> tuple[str, ...]:
    """Trimmed, lower case, without blanks and repetitions; at most MOST of at most LONGEST characters."""
    tidy = (" ".join(name.split()).lower()[:LONGEST].strip() for name in names)
    return tuple(dict.fromkeys(name for name in tidy if name))[:MOST]


def assign(asset: Asset, names: Iterable[str]) -> bool:
    """Make `names` the asset's tags; True when that changed anything. A tag nobody uses any more goes."""
    wanted = clean(names)
    before = set(asset.tags.values_list("name", flat=True))
    if before == set(wanted):
        return False
    Tag.objects.bulk_create(
        [Tag(brand_id=asset.brand_id, name=name) for name in wanted], ignore_conflicts=True
    )
    asset.tags.set(Tag.objects.filter(brand_id=asset.brand_id, name__in=wanted))
    Tag.objects.filter(brand_id=asset.brand_id, name__in=before - set(wanted), assets=None).delete()
    return True
