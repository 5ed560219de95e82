"""Which of the texts with times search finds: what captions say, and what was heard and read besides."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from dam.search.models import TimedText, TimedTextKind


def searched(version_ids: Iterable[UUID]) -> QuerySet[TimedText]:
    """What search finds: captions take the place of what was heard in their language, or in none known."""
    captions = TimedText.objects.filter(version=OuterRef("version"), kind=TimedTextKind.CAPTION)
    same = captions.filter(language=OuterRef("language"))
    return TimedText.objects.filter(version__in=list(version_ids)).exclude(
        Exists(same) | Q(Exists(captions), language=""), kind=TimedTextKind.SPOKEN
    )
