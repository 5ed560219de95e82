"""The verbs of a recall: open it with a withdrawal, confirm, take a confirmation back, remind.

Those that begin when a clearance ends are opened by provenance.recalls.ended, those of what was made from
something that may no longer be used by provenance.recalls.stopped.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import Case, Count, Exists, Max, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import mails, principals
from dam.accounts.capabilities import Capability
from dam.accounts.models import Membership, User
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.models import Event, SealedName
from dam.audit.names import Named
from dam.audit.verbs import Verb
from dam.catalog.models import Approval, Version
from dam.core import errors, events, tasks
from dam.core.text import storable
from dam.rights import making
from dam.rights.models import MadeFrom
from dam.rights.visibility import visible_versions
from provenance.models import PresetFile, Review
from provenance.recalls import copies
from provenance.recalls.copies import Copies, Download
from provenance.recalls.models import LONGEST_NOTE, NoticeState, Recall, RecallNotice

REMIND_EVERY = timedelta(days=1)
BATCH = 1000
MOST_CAUSES = 5
SPREAD = "default.spread_recalls"
GUEST = "guest_link:"  # references of outside reviewers
ANSWERED_FOR = timedelta(days=90)
"""How long the link in the mail to an outside reviewer works."""
REMIND_GUEST = "default.remind_guest_recall"
NEVER = datetime.min.replace(tzinfo=UTC)


class RecallRefused(errors.Refused):
    """`all_confirmed` or `reminded_lately`."""

    code = "recall_refused"


def taken(versions: Collection[Version]) -> dict[UUID, dict[str, Copies]]:
    """By version of one brand: who took its release, a format of it or a marked copy. Three queries.

    An approval can be withdrawn twice: what somebody took before they confirmed an earlier recall is down.
    """
    rows = (
        RecallNotice.objects.filter(recall__version__in=versions, confirmed_at__isnull=False)
        .order_by()
        .values_list("recall__version", "reference")
        .annotate(Max("confirmed_at"))
    )
    confirmed: dict[UUID, dict[str, datetime]] = defaultdict(dict)
    for version, reference, at in rows:
        confirmed[version][reference] = at
    downloads: dict[UUID, list[Download]] = defaultdict(list)
    for version, download in _downloads(versions):
        downloads[version].append(download)
    return {each.pk: dict(copies.by_person(downloads[each.pk], down=confirmed[each.pk])) for each in versions}


def _downloads(versions: Collection[Version]) -> Iterator[tuple[UUID, Download]]:
    rows = PresetFile.objects.filter(version__in=versions).exclude(sha256="")
    formats = {
        (version, sha256): preset
        for version, sha256, preset in rows.values_list("version", "sha256", "preset")
    }
    numbered = {(each.asset_id, each.number): each.pk for each in versions}
    events_of = (
        Event.objects.filter(
            brand__in={each.brand_id for each in versions},
            asset_id__in={each.asset_id for each in versions},
            data__version__in=sorted({each.number for each in versions}),
            verb__in=(Verb.RELEASE_DOWNLOADED, Verb.GUEST_DOWNLOADED),
        )
        .order_by()
        .values(
            *("asset_id", "data__version", "actor_ref", "actor_id", "verb"),
            *("data__sha256", "data__use", "data__territory"),
        )
        .annotate(times=Count("pk"), last=Max("at"))
    )
    for row in events_of:
        version = numbered.get((row["asset_id"], row["data__version"]))
        if version is None:
            continue  # another of the clip's
        # Events of early installations have no reference.
        reference = row["actor_ref"] or (f"user:{row['actor_id']}" if row["actor_id"] else "")
        yield (
            version,
            Download(
                reference,
                formats.get((version, row["data__sha256"]), ""),
                row["data__use"] or "",
                row["data__territory"] or "",
                row["times"],
                row["last"],
                marked=row["verb"] == Verb.GUEST_DOWNLOADED,
            ),
        )


def to_be_asked(version: Version) -> tuple[int, int]:
    """How many people a withdrawal would ask now, and how many took copies and can't be asked."""
    people = taken([version])[version.pk]
    ids = [each.user_id for each in people.values() if each.user_id is not None]
    asked = _members(version.brand_id).filter(user__in=ids).count() if ids else 0
    guests = [each.reference for each in people.values() if each.reference.startswith(GUEST)]
    if guests and mails.is_on():
        asked += len(guests) - _erased().filter(reference__in=guests).values("reference").distinct().count()
    return asked, len(people) - asked


def leads_on(version: Version) -> bool:
    """Whether a withdrawal would be asked about beyond the version: something was made from it."""
    return MadeFrom.objects.filter(source=version).exists()


def of_withdrawal(review: Review, *, by: Principal, reason: str, at: datetime) -> None:
    """Open the recall, in the transaction that ends the approval; a worker spreads it afterwards.

    Where nobody took a copy it asks nobody, and is shown nowhere until it reaches somebody.
    """
    version = review.version
    recall = Recall.objects.create(
        review=review,
        brand_id=version.brand_id,
        version=version,
        title=version.asset.title[:200],
        reason=reason,
        by=by.user,
        at=at,
    )
    tasks.enqueue(SPREAD)
    people = ask([recall], at=at)
    if people:
        record(Verb.RECALL_OPENED, recall, by=by, at=at, people=len(people))


def ask(recalls: Collection[Recall], *, at: datetime) -> list[RecallNotice]:
    """Ask everyone who took copies of these recalls' versions, of one brand. As many queries for many."""
    people = taken([each.version for each in recalls])
    if not any(people.values()):
        return []
    open_before = _open_before(recalls) if any(each.because_of_id for each in recalls) else {}
    ids = {each.user_id for found in people.values() for each in found.values() if each.user_id}
    there = set(User.objects.filter(pk__in=ids).values_list("pk", flat=True))
    return RecallNotice.objects.bulk_create(
        [
            RecallNotice(
                recall=recall,
                reference=each.reference,
                user_id=each.user_id if each.user_id in there else None,
                taken=each.kept(),
                asked_before=each.last <= open_before.get((recall.version_id, each.reference), NEVER),
            )
            for recall in recalls
            for each in people[recall.version_id].values()
        ],
        batch_size=BATCH,
    )


def _open_before(recalls: Collection[Recall]) -> dict[tuple[UUID, str], datetime]:
    """By version and person: when they were last asked about it, where they haven't confirmed that."""
    rows = (
        RecallNotice.objects.filter(
            recall__version__in={each.version_id for each in recalls}, confirmed_at=None
        )
        .order_by()
        .values_list("recall__version", "reference")
        .annotate(Max("recall__at"))
    )
    return {(version, reference): at for version, reference, at in rows}


def _members(brand_id: int) -> QuerySet[Membership]:
    return Membership.objects.filter(brand=brand_id, user__is_active=True)


def notices(recalls: Collection[int] | OuterRef) -> QuerySet[RecallNotice]:
    """With `state`, a NoticeState: whether they have confirmed, and else whether they can be asked."""
    of = {"recall": recalls} if isinstance(recalls, OuterRef) else {"recall__in": recalls}
    return RecallNotice.objects.filter(**of).annotate(state=_state()).select_related("user", "recall")


def _state() -> Case:
    return Case(
        When(confirmed_at__isnull=False, then=Value(NoticeState.CONFIRMED.value)),
        When(_can_answer(), then=Value(NoticeState.WAITING.value)),
        default=Value(NoticeState.AWAY.value),
    )


def _can_answer() -> Q:
    """Of notices: whoever works in the brand, or comes from outside and has a mail whose link still works."""
    works_here = Membership.objects.filter(
        brand=OuterRef("recall__brand"), user=OuterRef("user"), user__is_active=True
    )
    mailed = Q(reference__startswith=GUEST, link_sent_at__gt=timezone.now() - ANSWERED_FOR)
    return Q(Exists(works_here)) | (mailed & ~Q(Exists(_erased().filter(reference=OuterRef("reference")))))


def _erased() -> QuerySet[SealedName]:
    return SealedName.objects.filter(erased_at__isnull=False)


def waiting(recalls: Collection[int] | OuterRef) -> QuerySet[RecallNotice]:
    """Those who can be asked and haven't confirmed. Named twice: the index knows `confirmed_at` alone.

    Nobody, once what they have may be used again.
    """
    rows = notices(recalls).filter(recall__lifted_at=None, confirmed_at=None)
    return rows.filter(state=NoticeState.WAITING)  # type: ignore[misc]


def of_brand(principal: Principal) -> QuerySet[Recall]:
    """The recalls of the brand that concern somebody, or that reached something. Raises PermissionDenied."""
    principal.require(Capability.WITHDRAW_RELEASE, brand=principal.brand)
    asks = Exists(RecallNotice.objects.filter(recall=OuterRef("pk")))
    reached = Exists(Recall.objects.filter(because_of=OuterRef("pk")))
    return Recall.objects.filter(
        Q(because_of__isnull=False) | asks | reached, brand=principal.brand
    ).select_related("brand", "version__asset", "by", "because_of__version", "because_of__by")


def first_only(recalls: QuerySet[Recall]) -> QuerySet[Recall]:
    """Those of what was withdrawn, or ended, itself; what they reached is listed with each."""
    return recalls.filter(because_of=None)


def open_only(recalls: QuerySet[Recall]) -> QuerySet[Recall]:
    """Those in which somebody who can be asked hasn't confirmed, there or in what they reached."""
    return recalls.filter(Exists(waiting(OuterRef("pk"))) | Exists(_waiting_reached(OuterRef("pk"))))


def _waiting_reached(recall: OuterRef) -> QuerySet[RecallNotice]:
    return RecallNotice.objects.filter(_can_answer(), recall__because_of=recall, confirmed_at=None)


def counts(recalls: Collection[int]) -> dict[int, dict[str, int]]:
    """For each: how many in each NoticeState, and `asked`, those confirmed and waited for. One query."""
    rows = notices(recalls).select_related(None).order_by().values_list("recall", "state")  # type: ignore[misc]
    found = {key: {**dict.fromkeys(map(str, NoticeState), 0), "asked": 0} for key in recalls}
    for key, state, count in rows.annotate(count=Count("pk")):
        found[key][state] = count
        found[key]["asked"] += 0 if state == NoticeState.AWAY else count
    return found


def reached_by(recalls: Collection[int]) -> dict[int, int]:
    """For each: how many versions it reached, so far. One query."""
    rows = Recall.objects.filter(because_of__in=recalls).order_by().values_list("because_of")
    found = dict.fromkeys(recalls, 0)
    return found | dict(rows.annotate(Count("pk"))) if recalls else found


def reached(recall: Recall, *, with_copies: bool = False) -> QuerySet[Recall]:
    """The recalls of what was made from its version; or those of them that ask somebody."""
    rows = Recall.objects.filter(because_of=recall)
    return rows.filter(Exists(RecallNotice.objects.filter(recall=OuterRef("pk")))) if with_copies else rows


@dataclass(frozen=True)
class Reach:
    """How far a recall got in what was made from its version. `clips` are versions; people count for each."""

    clips: int
    with_copies: int
    confirmed: int
    waiting: int
    away: int
    spreading: bool  # not all of it was looked at yet


def reach(recall: Recall) -> Reach:
    """In four queries, however many it reached."""
    rows = RecallNotice.objects.filter(recall__because_of=recall).annotate(state=_state()).order_by()
    people = dict.fromkeys(map(str, NoticeState), 0)
    people |= dict(rows.values_list("state").annotate(Count("pk")))
    left = Recall.objects.filter(Q(pk=recall.pk) | Q(because_of=recall), to_spread=True)
    return Reach(
        clips=reached(recall).count(),
        with_copies=reached(recall, with_copies=True).count(),
        confirmed=people[NoticeState.CONFIRMED],
        waiting=people[NoticeState.WAITING],
        away=people[NoticeState.AWAY],
        spreading=left.exists(),
    )


def causes(version: Version) -> list[Recall]:
    """The recalls of what it was made from that still is withdrawn, the newest first; MOST_CAUSES at most."""
    rows = Recall.objects.filter(version=version, because_of__isnull=False)
    rows = rows.exclude(because_of__version__approval=Approval.APPROVED)
    found = [each.origin for each in rows.select_related("because_of").order_by("-pk")[:MOST_CAUSES]]
    sources = making.all_sources(version.pk) if found else ()
    return [each for each in found if each.version_id in sources]


def knows(principal: Principal, origin: Recall) -> bool:
    """Whether they may be told what was withdrawn: they see that version, or are asked for copies of it."""
    seen = visible_versions(principal).filter(pk=origin.version_id).exists()
    return seen or mine(principal).filter(recall=origin).exists()


def mine(principal: Principal) -> QuerySet[RecallNotice]:
    """What this person is asked to take down here, whatever they see of the clip now; programs nothing."""
    if principal.kind != "member":
        return RecallNotice.objects.none()
    rows = RecallNotice.objects.filter(user=principals.person(principal), recall__brand=principal.brand)
    return rows.select_related("recall__brand", "recall__version", "recall__because_of")


def listed(principal: Principal) -> QuerySet[RecallNotice]:
    """The same, but each copy once: of two recalls for the same copies the earlier one.

    Without what may be used again.
    """
    return mine(principal).filter(asked_before=False, recall__lifted_at=None)


def confirm(notice: RecallNotice, *, by: Principal, note: str, at: datetime | None = None) -> bool:
    """Say that the copies are down; False when that was said before, which leaves it as it was."""
    return _confirm(notice, mine(by), by=by, note=note, at=at or timezone.now())


def confirm_outside(notice: RecallNotice, *, by: Named, note: str, at: datetime | None = None) -> bool:
    """The same of somebody from outside, whom the caller has recognised."""
    return _confirm(notice, _of_guest(notice), by=by, note=note, at=at or timezone.now())


def _of_guest(notice: RecallNotice) -> QuerySet[RecallNotice]:
    rows = RecallNotice.objects.filter(reference=notice.reference, recall__brand=notice.recall.brand_id)
    return rows.select_related("recall__brand", "recall__version")


def _confirm(
    notice: RecallNotice, own: QuerySet[RecallNotice], *, by: Principal | Named, note: str, at: datetime
) -> bool:
    with trail.recording():
        _lock(notice.recall)
        note = storable(note.strip())[:LONGEST_NOTE]
        if not own.filter(pk=notice.pk, confirmed_at=None).update(confirmed_at=at, note=note):
            return False
        record(Verb.RECALL_CONFIRMED, notice.recall, by=by, at=at)
        # Of other recalls for the same copies, too. Seldom more than one.
        for each in _same_copies(notice, own).filter(confirmed_at=None):
            RecallNotice.objects.filter(pk=each.pk).update(confirmed_at=at, note=each.note or note)
            record(Verb.RECALL_CONFIRMED, each.recall, by=by, at=at)
    return True


def take_back(notice: RecallNotice, *, by: Principal, at: datetime | None = None) -> bool:
    """Undo a confirmation with all it confirmed, which opens recalls that were over. The notes stay."""
    return _take_back(notice, mine(by), by=by, at=at or timezone.now())


def take_back_outside(notice: RecallNotice, *, by: Named, at: datetime | None = None) -> bool:
    """The same of somebody from outside."""
    return _take_back(notice, _of_guest(notice), by=by, at=at or timezone.now())


def _take_back(
    notice: RecallNotice, own: QuerySet[RecallNotice], *, by: Principal | Named, at: datetime
) -> bool:
    with trail.recording():
        _lock(notice.recall)
        said = own.filter(pk=notice.pk).values_list("confirmed_at", flat=True).first()
        if said is None:
            return False
        for each in _same_copies(notice, own).filter(confirmed_at=said):
            RecallNotice.objects.filter(pk=each.pk).update(confirmed_at=None)
            record(Verb.RECALL_TAKEN_BACK, each.recall, by=by, at=at)
    return True


def _same_copies(notice: RecallNotice, own: QuerySet[RecallNotice]) -> QuerySet[RecallNotice]:
    """This person's notices of the version: of this recall, of earlier ones, of later ones for the same."""
    earlier = Q(recall__lte=notice.recall_id) | Q(asked_before=True)
    return own.filter(earlier, recall__version=notice.recall.version_id).order_by("-recall")


def remind(recall: Recall, *, by: Principal, at: datetime | None = None) -> int:
    """Tell those who haven't confirmed once more; how many. Raises RecallRefused, PermissionDenied."""
    by.require(Capability.WITHDRAW_RELEASE, brand=recall.brand)
    at = at or timezone.now()
    with trail.recording():
        _lock(recall)
        left = waiting([recall.pk]).count()
        outside = list(waiting([recall.pk]).filter(reference__startswith=GUEST).values_list("pk", flat=True))
        if not left:
            raise RecallRefused(_("Everyone who can be asked has confirmed."), code="all_confirmed")
        due = Q(reminded_at=None, at__lte=at - REMIND_EVERY) | Q(reminded_at__lte=at - REMIND_EVERY)
        if not Recall.objects.filter(due, pk=recall.pk).update(reminded_at=at):
            raise RecallRefused(
                _("They were asked less than a day ago. Try again tomorrow."), code="reminded_lately"
            )
        record(Verb.RECALL_REMINDED, recall, by=by, at=at, people=left)
        for pk in outside:
            tasks.enqueue(REMIND_GUEST, notice_id=pk)
    return left


def told_of(recalls: Collection[int]) -> dict[int, frozenset[int]]:
    """By recall: whom its events concern. For dam.notifications, by name.

    Those who haven't confirmed; of one that is over as they may use their copies again, all who were asked.
    """
    found: dict[int, set[int]] = {key: set() for key in recalls}
    concerned = Q(confirmed_at=None) | Q(recall__lifted_at__isnull=False)
    rows = RecallNotice.objects.filter(concerned, recall__in=recalls, user__isnull=False)
    for recall, user in rows.values_list("recall_id", "user_id"):
        found[recall].add(user or 0)
    return {key: frozenset(people) for key, people in found.items()}


def _lock(recall: Recall) -> None:
    """And the version's others, which may be confirmed with it; the oldest first, whoever asks."""
    of_version = Recall.objects.filter(version=recall.version_id)
    list(of_version.select_for_update().order_by("pk").values_list("pk"))


def record(
    verb: Verb, recall: Recall, *, by: Principal | Named | None, at: datetime, people: int | None = None
) -> None:
    """In the trail, and to open pages.

    Who is asked may see nothing of the clip any more, so what tells them (`people`) names the recall alone.
    """
    tells = people is not None
    said: dict[str, object] = {"recall": recall.pk}
    if tells:
        said |= {"people": people, "title": recall.title}
    for name in ("ended_at", "stopped_at"):
        if (since := getattr(recall, name)) is not None:
            said[name] = since.isoformat()
    trail.record(
        verb,
        brand=recall.brand,
        target=recall.title,
        actor=by,
        asset_id=None if tells else recall.version.asset_id,
        data=said,
        at=at,
    )
    events.publish(brand_id=recall.brand_id, name="recalls")
    events.publish(brand_id=recall.brand_id, name=f"version-{recall.version_id}")
