"""When something that a version was made from is gone, in the trash, rejected or altered, it stops, and those
who took copies of it are asked to take them down.

Of what was withdrawn there is a recall that spreads (provenance.recalls.spreading), and what ended recalls by
itself (provenance.recalls.ended). Each stop has one, also where nobody took a copy: that is how a look knows
what it has seen. Once nothing stops the version any more, nobody is asked any more.
"""

from collections import Counter, defaultdict
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count
from django.utils import timezone

from dam.accounts.models import Brand
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog.models import Version
from dam.core import locks
from provenance.recalls import lifting, recalls
from provenance.recalls.models import Recall

IN_TRASH = timedelta(hours=1)
"""So long a source has been in the trash before anybody is asked: until then it is often taken back."""
SLICE = 100  # versions in a transaction

# Without those that a withdrawal has reached: their holders were asked, and are as long as that stands.
_DUE = """
WITH RECURSIVE up (heir, source) AS (
    SELECT link.version_id, link.source_id
    FROM dam_inheritedterms AS terms
        JOIN dam_version AS version ON version.id = terms.version_id AND version.approval = 'approved'
        JOIN dam_brand AS brand ON brand.id = version.brand_id AND brand.closed_at IS NULL
        JOIN dam_madefrom AS link ON link.version_id = terms.version_id
    WHERE terms.stopped AND NOT EXISTS (
        SELECT FROM provenance_recall AS recall
            LEFT JOIN provenance_recall AS origin ON origin.id = recall.because_of_id
            LEFT JOIN dam_version AS withdrawn ON withdrawn.id = origin.version_id
        WHERE recall.version_id = terms.version_id
            AND ((recall.stopped_at IS NOT NULL AND recall.lifted_at IS NULL)
                OR withdrawn.approval <> 'approved')
    )
    UNION
    SELECT up.heir, link.source_id FROM up JOIN dam_madefrom AS link ON link.version_id = up.source
)
SELECT DISTINCT up.heir FROM up
    LEFT JOIN dam_version AS source ON source.id = up.source
    LEFT JOIN dam_asset AS asset ON asset.id = source.asset_id
WHERE source.id IS NULL OR asset.trashed_at <= %s OR source.approval = 'rejected'
    OR source.credentials IN ('altered', 'invalid')
ORDER BY up.heir LIMIT %s
"""


def look(*, at: datetime | None = None) -> int:
    """Open what is due and lift what is free again, in all brands; how many were opened."""
    at = at or timezone.now()
    lift(at=at)
    count = 0
    while opened := _open_slice(at):
        count += opened
    return count


def lift(*, at: datetime) -> int:
    """Ask nobody any more whose copies may be used again, and tell them so; how many recalls that were."""
    rows = Recall.objects.filter(lifting.free(at=at), stopped_at__isnull=False, lifted_at=None)
    free = list(rows.select_related("brand").annotate(people=Count("notices")))
    if not free:
        return 0
    with trail.recording():
        for recall in free:
            lifted = Recall.objects.filter(pk=recall.pk, lifted_at=None).update(lifted_at=at)
            if lifted and recall.people:
                recalls.record(Verb.RECALL_LIFTED, recall, by=None, at=at, people=recall.people)
    return len(free)


def _open_slice(at: datetime) -> int:
    with trail.recording():
        locks.hold("stopped-recalls")  # of two looks at once the later one sees what the first has opened
        with connection.cursor() as cursor:
            cursor.execute(_DUE, [at - IN_TRASH, SLICE])
            keys = [key for (key,) in cursor.fetchall()]
        of_brand: dict[Brand, list[Version]] = defaultdict(list)
        rows = Version.objects.filter(pk__in=keys).select_related("asset", "brand")
        for version in rows.order_by("brand_id", "pk"):
            of_brand[version.brand].append(version)
        for brand, versions in of_brand.items():
            made = Recall.objects.bulk_create(
                Recall(
                    brand=brand,
                    version=each,
                    title=each.asset.title[:200],
                    stopped_at=at,
                    at=at,
                    to_spread=False,  # what was made from it has stopped too, and by itself
                )
                for each in versions
            )
            asked = Counter(notice.recall_id for notice in recalls.ask(made, at=at))
            for recall in made:
                if people := asked[recall.pk]:
                    recalls.record(Verb.RECALL_STOPPED, recall, by=None, at=at, people=people)
    return len(keys)
