"""Which versions reviews are of, by the ids of reviews or their beginnings."""

from uuid import UUID

from dam.search import identifiers
from provenance.review.models import Review


def versions(name: str, brand_id: int) -> list[tuple[UUID, bool]]:
    """As dam.search.identifiers asks: a review is for those who see drafts."""
    if (ids := identifiers.between(name.lower())) is None:
        return []
    reviews = Review.objects.filter(pk__range=ids, brand=brand_id)
    return [(key, False) for key in reviews.values_list("version", flat=True)[: identifiers.MOST]]
