"""When copies of a recalled version may be used again: nothing stands against it any more, whatever began."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from dam.catalog.models import Approval
from dam.rights.models import InheritedTerms


def free(*, at: datetime) -> Q:
    """Of recalls: their version is approved, its clearance hasn't ended, and no source stops it.

    Whoever is told that they may go on must not be asked by another recall of the same copies.
    """
    cleared = Q(version__rights_end=None) | Q(version__rights_end__ends_at__gt=at)
    stops = InheritedTerms.objects.filter(version=OuterRef("version"), stopped=True)
    return cleared & Q(~Exists(stops)) & Q(version__approval=Approval.APPROVED)
