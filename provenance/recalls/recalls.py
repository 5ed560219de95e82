"""The verbs of a recall: open it with a withdrawal, confirm, take a confirmation back, remind."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.db.models import Case, Count, Exists, Max, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.models import Membership, User
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog.models import Version
from dam.core import errors, events
from dam.core.text import storable
from provenance.models import PresetFile, Review
from provenance.recalls import copies
from provenance.recalls.copies import Copies, Download
from provenance.recalls.models import LONGEST_NOTE, NoticeState, Recall, RecallNotice

REMIND_EVERY = timedelta(days=1)
BATCH = 1000


class RecallRefused(errors.Refused):
    """`all_confirmed` or `reminded_lately`."""

    code = "recall_refused"


def taken(version: Version) -> dict[str, Copies]:
    """Who took copies of the version's release or of formats of it, in three queries however many they are.

    An approval can be withdrawn twice: what somebody took before they confirmed an earlier recall is down.
    """
    confirmed = dict(
        RecallNotice.objects.filter(recall__version=version, confirmed_at__isnull=False)
        .order_by()
        .values_list("reference")
        .annotate(Max("confirmed_at"))
    )
    return dict(copies.by_person(_downloads(version), down=confirmed))


def _downloads(version: Version) -> Iterator[Download]:
    formats = dict(
        PresetFile.objects.filter(version=version).exclude(sha256="").values_list("sha256", "preset")
    )
    rows = (
        Event.objects.filter(
            brand=version.brand_id,
            asset_id=version.asset_id,
            verb=Verb.RELEASE_DOWNLOADED,
            data__version=version.number,
        )
        .order_by()
        .values("actor_ref", "actor_id", "data__sha256", "data__use", "data__territory")
        .annotate(times=Count("pk"), last=Max("at"))
    )
    for row in rows:
        # Events of early installations have no reference.
        reference = row["actor_ref"] or (f"user:{row['actor_id']}" if row["actor_id"] else "")
        yield Download(
            reference,
            formats.get(row["data__sha256"], ""),
            row["data__use"] or "",
            row["data__territory"] or "",
            row["times"],
            row["last"],
        )


def to_be_asked(version: Version) -> tuple[int, int]:
    """How many people a withdrawal would ask now, and how many took copies and can't be asked."""
    people = taken(version)
    ids = [each.user_id for each in people.values() if each.user_id is not None]
    asked = _members(version.brand_id).filter(user__in=ids).count() if ids else 0
    return asked, len(people) - asked


def of_withdrawal(review: Review, *, by: Principal, reason: str, at: datetime) -> None:
    """Open the recall, in the transaction that ends the approval; none where nobody took a copy."""
    version = review.version
    people = taken(version)
    if not people:
        return
    recall = Recall.objects.create(
        review=review,
        brand_id=version.brand_id,
        version=version,
        title=version.asset.title[:200],
        reason=reason,
        by=by.user,
        at=at,
    )
    there = set(
        User.objects.filter(pk__in=[each.user_id for each in people.values() if each.user_id]).values_list(
            "pk", flat=True
        )
    )
    RecallNotice.objects.bulk_create(
        [
            RecallNotice(
                recall=recall,
                reference=each.reference,
                user_id=each.user_id if each.user_id in there else None,
                taken=each.kept(),
            )
            for each in people.values()
        ],
        batch_size=BATCH,
    )
    _record(Verb.RECALL_OPENED, recall, by=by, at=at, people=len(people))


def _members(brand_id: int) -> QuerySet[Membership]:
    return Membership.objects.filter(brand=brand_id, user__is_active=True)


def notices(recalls: Collection[int] | OuterRef) -> QuerySet[RecallNotice]:
    """With `state`, a NoticeState: whether they have confirmed, and else whether they can be asked."""
    works_here = Membership.objects.filter(
        brand=OuterRef("recall__brand"), user=OuterRef("user"), user__is_active=True
    )
    state = Case(
        When(confirmed_at__isnull=False, then=Value(NoticeState.CONFIRMED.value)),
        When(Exists(works_here), then=Value(NoticeState.WAITING.value)),
        default=Value(NoticeState.AWAY.value),
    )
    of = {"recall": recalls} if isinstance(recalls, OuterRef) else {"recall__in": recalls}
    return RecallNotice.objects.filter(**of).annotate(state=state).select_related("user", "recall")


def waiting(recalls: Collection[int] | OuterRef) -> QuerySet[RecallNotice]:
    """Those who can be asked and haven't confirmed. Named twice: the index knows `confirmed_at` alone."""
    return notices(recalls).filter(confirmed_at=None, state=NoticeState.WAITING)  # type: ignore[misc]


def of_brand(principal: Principal) -> QuerySet[Recall]:
    """The recalls of the brand. Raises PermissionDenied."""
    principal.require(Capability.WITHDRAW_RELEASE, brand=principal.brand)
    return Recall.objects.filter(brand=principal.brand).select_related("brand", "version__asset", "by")


def open_only(recalls: QuerySet[Recall]) -> QuerySet[Recall]:
    """Those in which somebody who can be asked hasn't confirmed."""
    return recalls.filter(Exists(waiting(OuterRef("pk"))))


def counts(recalls: Collection[int]) -> dict[int, dict[str, int]]:
    """For each: how many in each NoticeState, and `asked`, those confirmed and waited for. One query."""
    rows = notices(recalls).select_related(None).order_by().values_list("recall", "state")  # type: ignore[misc]
    found = {key: {**dict.fromkeys(map(str, NoticeState), 0), "asked": 0} for key in recalls}
    for key, state, count in rows.annotate(count=Count("pk")):
        found[key][state] = count
        found[key]["asked"] += 0 if state == NoticeState.AWAY else count
    return found


def mine(principal: Principal) -> QuerySet[RecallNotice]:
    """What this person is asked to take down here, whatever they see of the clip now; programs nothing."""
    if principal.kind != "member":
        return RecallNotice.objects.none()
    rows = RecallNotice.objects.filter(user=principals.person(principal), recall__brand=principal.brand)
    return rows.select_related("recall__brand", "recall__version")


def confirm(notice: RecallNotice, *, by: Principal, note: str, at: datetime | None = None) -> bool:
    """Say that the copies are down; False when that was said before, which leaves it as it was."""
    at = at or timezone.now()
    with trail.recording():
        _lock(notice.recall)
        note = storable(note.strip())[:LONGEST_NOTE]
        if not mine(by).filter(pk=notice.pk, confirmed_at=None).update(confirmed_at=at, note=note):
            return False
        _record(Verb.RECALL_CONFIRMED, notice.recall, by=by, at=at)
        # Of an earlier recall of the same version, too: they are the same copies. Seldom more than one.
        for each in _up_to(notice, by=by).filter(confirmed_at=None):
            RecallNotice.objects.filter(pk=each.pk).update(confirmed_at=at, note=each.note or note)
            _record(Verb.RECALL_CONFIRMED, each.recall, by=by, at=at)
    return True


def take_back(notice: RecallNotice, *, by: Principal, at: datetime | None = None) -> bool:
    """Undo a confirmation with all it confirmed, which opens recalls that were over. The notes stay."""
    at = at or timezone.now()
    with trail.recording():
        _lock(notice.recall)
        said = mine(by).filter(pk=notice.pk).values_list("confirmed_at", flat=True).first()
        if said is None:
            return False
        for each in _up_to(notice, by=by).filter(confirmed_at=said):
            RecallNotice.objects.filter(pk=each.pk).update(confirmed_at=None)
            _record(Verb.RECALL_TAKEN_BACK, each.recall, by=by, at=at)
    return True


def _up_to(notice: RecallNotice, *, by: Principal) -> QuerySet[RecallNotice]:
    """This person's notices of the version: of this recall and of earlier ones."""
    version = notice.recall.version_id
    return mine(by).filter(recall__version=version, recall__lte=notice.recall_id).order_by("-recall")


def remind(recall: Recall, *, by: Principal, at: datetime | None = None) -> int:
    """Tell those who haven't confirmed once more; how many. Raises RecallRefused, PermissionDenied."""
    by.require(Capability.WITHDRAW_RELEASE, brand=recall.brand)
    at = at or timezone.now()
    with trail.recording():
        _lock(recall)
        left = waiting([recall.pk]).count()
        if not left:
            raise RecallRefused(_("Everyone who can be asked has confirmed."), code="all_confirmed")
        due = Q(reminded_at=None, at__lte=at - REMIND_EVERY) | Q(reminded_at__lte=at - REMIND_EVERY)
        if not Recall.objects.filter(due, pk=recall.pk).update(reminded_at=at):
            raise RecallRefused(
                _("They were asked less than a day ago. Try again tomorrow."), code="reminded_lately"
            )
        _record(Verb.RECALL_REMINDED, recall, by=by, at=at, people=left)
    return left


def told_of(recalls: Collection[int]) -> dict[int, frozenset[int]]:
    """By recall: whom its events concern, those who haven't confirmed. For dam.notifications, by name."""
    found: dict[int, set[int]] = {key: set() for key in recalls}
    rows = RecallNotice.objects.filter(recall__in=recalls, confirmed_at=None, user__isnull=False)
    for recall, user in rows.values_list("recall_id", "user_id"):
        found[recall].add(user or 0)
    return {key: frozenset(people) for key, people in found.items()}


def _lock(recall: Recall) -> None:
    """And the version's earlier ones, which are confirmed with it; the oldest first, whoever asks."""
    of_version = Recall.objects.filter(version=recall.version_id, pk__lte=recall.pk)
    list(of_version.select_for_update().order_by("pk").values_list("pk"))


def _record(verb: Verb, recall: Recall, *, by: Principal, at: datetime, people: int | None = None) -> None:
    """Who is asked may see nothing of the clip any more, so what tells them names the recall alone."""
    tells = people is not None
    trail.record(
        verb,
        brand=recall.brand,
        target=recall.title,
        actor=by,
        asset_id=None if tells else recall.version.asset_id,
        data={"recall": recall.pk} | ({"people": people, "title": recall.title} if tells else {}),
        at=at,
    )
    events.publish(brand_id=recall.brand_id, name="recalls")
    events.publish(brand_id=recall.brand_id, name=f"version-{recall.version_id}")
