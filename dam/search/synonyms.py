"""A brand's own words for its tags: who searches for one of them finds the tag."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction

from dam.accounts.models import Brand
from dam.catalog import tags
from dam.search import normalising
from dam.search.models import TagSynonym


def of(brand_id: int, words: Sequence[str]) -> dict[str, list[str]]:
    """The tags that folded words stand for, by word."""
    found: dict[str, list[str]] = defaultdict(list)
    if words:
        rows = TagSynonym.objects.filter(brand=brand_id, word__in=words).order_by("tag")
        for word, tag in rows.values_list("word", "tag"):
            found[word].append(tag)
    return dict(found)


def assign(brand: Brand, tag: str, words: Iterable[str]) -> tuple[str, ...]:
    """Make these the tag's synonyms, in place of those it had; as they are kept. Raises TagRefused."""
    (name,) = tags.clean([tag])
    folded = tuple(dict.fromkeys(filter(None, (normalising.fold(word) for word in tags.clean(words)))))
    with transaction.atomic():
        TagSynonym.objects.filter(brand=brand, tag=name).delete()
        TagSynonym.objects.bulk_create(TagSynonym(brand=brand, tag=name, word=word) for word in folded)
    return folded
