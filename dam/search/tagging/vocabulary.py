"""A brand's own tags as an encoder understands them. For workers: the encoder is at hand."""

from collections import OrderedDict

from django.db.models import Count

from dam.accounts.models import Brand
from dam.catalog.models import Tag
from dam.search.encoders.base import Encoder, TextEmbedding
from dam.search.tagging import choosing
from dam.search.tagging.choosing import Meanings

MOST_TAGS = 300  # of a brand: the most used
LEAST_LETTERS = 3
_KEPT = 3000  # meanings in this process, of all brands: a vector of a thousand numbers each
_known: OrderedDict[tuple[str, str], TextEmbedding] = OrderedDict()


def of(brand: Brand, *, encoder: Encoder) -> Meanings:
    """Those of its tags that a picture could show, and of which the encoder knows every word.

    Plain words: "a video of …" before them finds as much, and takes almost three times as long.
    """
    used = Tag.objects.filter(brand=brand).annotate(used=Count("assets")).order_by("-used", "name")
    names = [tag.name for tag in used[:MOST_TAGS] if _is_plain(tag.name)]
    return choosing.stack([(name, _meaning(name, encoder)) for name in names])


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
