"""What is said and written in a version, with its times: kept here, read by full text and pages."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from dam.catalog import versions
from dam.catalog.models import Version
from dam.search import fulltext
from dam.search.models import TimedText, TimedTextKind


@dataclass(frozen=True)
class Line:
    """A few words and when they are heard or to be read; `language` and `confidence` as in TimedText."""

    start_ms: int
    end_ms: int
    text: str
    language: str = ""
    confidence: float | None = None


def keep(version: Version, kind: TimedTextKind, lines: Iterable[Line]) -> int:
    """Put these in place of what was kept of this kind, and bring the words of search up to date."""
    rows = [
        TimedText(
            version=version,
            kind=kind,
            start_ms=line.start_ms,
            end_ms=max(line.start_ms, line.end_ms),
            text=line.text.replace("\0", ""),
            language=line.language,
            confidence=line.confidence,
        )
        for line in lines
        if line.text.strip()
    ]
    with transaction.atomic():
        versions.locked(version.pk)  # of two that run at once the second replaces what the first wrote
        TimedText.objects.filter(version=version, kind=kind).delete()
        TimedText.objects.bulk_create(rows, batch_size=500)
        fulltext.refresh(version.asset)
    return len(rows)


def of(version: Version, kind: TimedTextKind) -> QuerySet[TimedText]:
    """In the order of their time."""
    return TimedText.objects.filter(version=version, kind=kind).order_by("start_ms", "pk")
