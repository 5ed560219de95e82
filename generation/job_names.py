"""Which versions takes have become, by the ids of takes or their beginnings."""

from uuid import UUID

from dam.search import identifiers
from generation.models import GenerationJob


def versions(name: str, brand_id: int) -> list[tuple[UUID, bool]]:
    """As dam.search.identifiers asks: a take is for those who see drafts."""
    if (ids := identifiers.between(name.lower())) is None:
        return []
    jobs = GenerationJob.objects.filter(pk__range=ids, brand=brand_id, version__isnull=False)
    return [(key, False) for key in jobs.values_list("version", flat=True)[: identifiers.MOST]]
