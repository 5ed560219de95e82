"""Deleting clips of the trash for good: what may go, what goes with it, and doing it."""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import OperationalError
from django.db.models import Count, Q, QuerySet, Sum

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand, User
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog import counted_on
from dam.catalog.models import Approval, Asset, Rendition, RenditionPart, Version
from dam.core import tasks

log = logging.getLogger(__name__)

MOST_COUNTED = 5000  # clips whose files are added up while somebody waits
AT_ONCE = 50  # clips that a request waits for: index entries, comments and files go along
TASK = "default.delete_trash"


@dataclass(frozen=True)
class Goes:
    """What goes with clips, and how many of those asked about stay: released, in review or held.

    Of more than MOST_COUNTED nothing is counted: `clips` is that many then, and all else 0.
    """

    clips: int
    versions: int = 0
    comments: int = 0
    files: int = 0
    bytes: int = 0
    held: int = 0
    counted_on: int = 0

    @property
    def too_many(self) -> bool:
        return self.clips > MOST_COUNTED

    @property
    def stay(self) -> int:
        return self.held + self.counted_on


def deletable(brand: Brand) -> QuerySet[Asset]:
    """Clips in the trash that may go. What was released, is in review or under legal hold always stays.

    So does what something in review or approved was made from: that could never be used again.
    """
    trashed = Asset.objects.filter(brand=brand, trashed_at__isnull=False, released=None, held_at=None)
    never_released = Q(releases=None)  # the releases lie above: by name
    undecided = trashed.filter(never_released).exclude(versions__approval=Approval.IN_REVIEW)
    return undecided.exclude(counted_on.in_others())


def how_many(trashed: QuerySet[Asset], brand: Brand) -> int:
    """So many of these clips in the trash can go; MOST_COUNTED + 1 where they are more than MOST_COUNTED."""
    going = deletable(brand).filter(pk__in=trashed.values("pk")).order_by()
    return going[: MOST_COUNTED + 1].count()


def what_goes(trashed: QuerySet[Asset], brand: Brand) -> Goes:
    """Of these clips in the trash, in a few queries; what goes along is added up for MOST_COUNTED at most."""
    clips = how_many(trashed, brand)
    if clips > MOST_COUNTED:
        return Goes(clips)
    going = deletable(brand).filter(pk__in=trashed.values("pk"))
    of = going.values("pk")
    masters = Version.objects.filter(asset__in=of).aggregate(n=Count("pk"), size=Sum("size"))
    derived = Rendition.objects.filter(version__asset__in=of).aggregate(n=Count("pk"), size=Sum("size"))
    parts = RenditionPart.objects.filter(rendition__version__asset__in=of)
    files = [masters, derived, parts.aggregate(n=Count("pk"), size=Sum("size"))]
    held = trashed.filter(held_at__isnull=False).count()
    return Goes(
        clips=clips,
        versions=masters["n"],
        comments=Version.objects.filter(asset__in=of).aggregate(n=Count("comments"))["n"],  # by name, too
        files=sum(each["n"] for each in files),
        bytes=sum(each["size"] or 0 for each in files),
        held=held,
        counted_on=trashed.count() - clips - held,
    )


def by_hand(trashed: QuerySet[Asset], *, by: Principal) -> int:
    """Delete these clips of the trash; how many went. What may not go stays. Raises PermissionDenied."""
    by.require(Capability.TRASH)
    chosen = deletable(by.brand).filter(pk__in=trashed.values("pk"))
    return sum(one(asset, by=by) for asset in list(chosen.order_by("trashed_at")[:AT_ONCE]))


def all_later(*, by: Principal, before: datetime) -> None:
    """Have a worker delete what lay in the trash then. Raises PermissionDenied."""
    by.require(Capability.TRASH)
    assert by.user is not None  # guests have no trash
    tasks.enqueue(TASK, brand_id=by.brand.pk, user_id=by.user.pk, before=before.isoformat())


def some(brand_id: int, user_id: int, before: datetime) -> int:
    """One batch of that work, if whoever asked for it still may; how many clips went. 0: there are no more.

    No longer: other work waits for the same worker.
    """
    brand, user = Brand.objects.get(pk=brand_id), User.objects.get(pk=user_id)
    by = principals.member(user, brand)
    if by is None or not by.can(Capability.TRASH):
        return 0
    going = deletable(brand).filter(trashed_at__lte=before).order_by("trashed_at", "pk")
    return sum(_or_none(asset, before=before, by=by) for asset in list(going[:AT_ONCE]))


def _or_none(asset: Asset, *, before: datetime, by: Principal) -> int:
    try:
        return one(asset, before=before, by=by)
    except OperationalError:
        raise
    except Exception:  # the others go on; this one stays in the trash
        log.exception("Clip %s can't be deleted.", asset.pk)
        return 0


def one(asset: Asset, *, before: datetime | None = None, by: Principal | None = None) -> int:
    """One clip and all that belongs to it; 0 where it was restored or held a moment ago.

    With `before`, only if it lay in the trash by then.
    """
    with trail.recording():
        # Asked again about the row once it is locked: the query before saw it as it was then.
        row = Asset.objects.select_for_update().filter(pk=asset.pk).first()
        if row is None or not deletable(row.brand).filter(pk=row.pk).exists():
            return 0
        if before is not None and (row.trashed_at is None or row.trashed_at > before):
            return 0
        trail.record(Verb.ASSET_DELETED, brand=asset.brand, target=row.title, asset_id=row.pk, actor=by)
        row.delete()
    return 1
