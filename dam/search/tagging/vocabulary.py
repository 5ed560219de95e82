"""A brand's own tags as an encoder understands them. For workers: the encoder is at hand."""

from collections import OrderedDict

from django.core.cache import cache
from django.db.models import Count

from dam.accounts.models import Brand
from dam.catalog.models import Tag
from dam.search.encoders.base import Encoder, TextEmbedding
from dam.search.tagging import choosing
from dam.search.tagging.choosing import Meanings

MOST_TAGS = 300  # of a brand: the most used
COUNTED_SECONDS = 3600  # a count reads every tag of every clip, and each new version asks
LEAST_LETTERS = 3
_KEPT = 3000  # meanings in this process, of all brands: a vector of a thousand numbers each
_known: OrderedDict[tuple[str, str], TextEmbedding] = OrderedDict()


def of(brand: Brand, *, encoder: Encoder) -> Meanings:
    """Those of its tags that a picture could show, and of which the encoder knows every word.

    Plain words: "a video of …" before them finds as much, and takes almost three times as long.
    """
    return choosing.stack([(name, _meaning(name, encoder)) for name in _names(brand) if _is_plain(name)])


def _names(brand: Brand) -> list[str]:
    """All its tags; where they are more than MOST_TAGS, the most used, which is counted once an hour."""
    tags = Tag.objects.filter(brand=brand)
    names = list(tags.order_by("name").values_list("name", flat=True)[: MOST_TAGS + 1])
    if len(names) <= MOST_TAGS:
        return names
    key = f"tags-most-used:{brand.pk}"
    counted: list[str] | None = cache.get(key)
    if counted is None:
        used = tags.annotate(used=Count("assets")).order_by("-used", "name")
        counted = list(used.values_list("name", flat=True)[:MOST_TAGS])
        cache.set(key, counted, COUNTED_SECONDS)
    return counted


def _meaning(name: str, encoder: Encoder) -> TextEmbedding:
    key = (encoder.identity, name)
    if key not in _known:
        _known[key] = encoder.understand(name)
    _known.move_to_end(key)
    while len(_known) > _KEPT:
        _known.popitem(last=False)
    return _known[key]


def _is_plain(name: str) -> bool:
    """No number, code or abbreviation: those name campaigns and files, which no picture shows."""
    return len(name) >= LEAST_LETTERS and all(each.isalpha() or each in " -'" for each in name)
