"""When the clearance of a version ends, those who took copies of it are asked to take them down.

Its end is that of all that it was made from as well (RightsEnd), so whatever inherits one has a recall of its
own. Every end has one, also where nobody took a copy: that is how a look knows what it has seen. Where the
clearance is renewed, nobody is asked any more.
"""

from collections import Counter
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone

from dam.accounts.models import Brand
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog.models import Approval, Version
from dam.core import locks
from provenance.recalls import lifting, recalls
from provenance.recalls.models import Recall

LOOK_BACK = timedelta(days=30)
"""Who was away for longer, or sets an end further back, asks by withdrawing the approval."""
SLICE = 100  # versions in a transaction


def look(*, at: datetime | None = None) -> int:
    """Open what is due and lift what was renewed, in all brands; how many were opened."""
    at = at or timezone.now()
    lift(at=at)
    due = Exists(_due(OuterRef("pk"), at))
    return sum(_open_all(brand, at) for brand in Brand.objects.filter(due, closed_at=None).order_by("pk"))


def lift(*, at: datetime) -> int:
    """Ask nobody any more whose copies may be used again, and tell them so; how many recalls that were."""
    rows = Recall.objects.filter(lifting.free(at=at), ended_at__isnull=False, lifted_at=None)
    renewed = list(rows.select_related("brand").annotate(people=Count("notices")))
    if not renewed:
        return 0
    with trail.recording():
        for recall in renewed:  # seldom more than a few: each was renewed by a person
            lifted = Recall.objects.filter(pk=recall.pk, lifted_at=None).update(lifted_at=at)
            if lifted and recall.people:
                recalls.record(Verb.RECALL_LIFTED, recall, by=None, at=at, people=recall.people)
    return len(renewed)


def _open_all(brand: Brand, at: datetime) -> int:
    count = 0
    while opened := _open_slice(brand, at):
        count += opened
    return count


def _open_slice(brand: Brand, at: datetime) -> int:
    with trail.recording():
        locks.hold("ended-recalls")  # of two looks at once the later one sees what the first has opened
        rows = _due(brand, at).select_related("asset", "rights_end")
        versions = list(rows.order_by("rights_end__ends_at", "pk")[:SLICE])
        made = Recall.objects.bulk_create(
            Recall(
                brand=brand,
                version=each,
                title=each.asset.title[:200],
                ended_at=each.rights_end.ends_at,
                at=at,
                to_spread=False,  # what was made from it has ended too, and by itself
            )
            for each in versions
        )
        asked = Counter(notice.recall_id for notice in recalls.ask(made, at=at))
        for recall in made:
            if people := asked[recall.pk]:
                recalls.record(Verb.RECALL_ENDED, recall, by=None, at=at, people=people)
    return len(versions)


def _due(brand: Brand | OuterRef, at: datetime) -> QuerySet[Version]:
    opened = Recall.objects.filter(version=OuterRef("pk"), ended_at=OuterRef("rights_end__ends_at"))
    ended = Version.objects.filter(
        # The end's own brand, which its index begins with.
        rights_end__brand=brand,
        rights_end__ends_at__lte=at,
        rights_end__ends_at__gt=at - LOOK_BACK,
        approval=Approval.APPROVED,
    )
    return ended.exclude(Exists(opened))
