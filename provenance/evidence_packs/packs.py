"""The verbs of an evidence pack: ask for it, claim, keep, fail, put back, let go; and what is no longer true.

Rows move by conditional update. What must happen after a commit follows from the rows: recovery sends it.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog import stored_files
from dam.catalog.models import Version
from dam.core import events, locks, storage, tasks
from dam.core.language import noop
from dam.core.storage import Stored
from dam.core.tasks import offer
from dam.ingest import backoff, holding
from dam.rights import making
from provenance.evidence_packs import assembly
from provenance.evidence_packs.assembly import PackRefused, Written
from provenance.evidence_packs.models import UNDER_WAY, EvidencePack, PackState
from provenance.releases.models import Release

TASK = "transcode.evidence_pack"
MOST_ATTEMPTS = 3  # of workers that died over it
LIMIT = timedelta(hours=6)  # one that runs longer is lost
KEPT = timedelta(days=30)
MOST_KEPT = 3  # of one release: the newest, so that asking again and again fills no disk
# A pack tells of every version of the clip, and of all that was done to it.
NEEDED = (Capability.EVIDENCE, Capability.VIEW_UNRELEASED, Capability.VIEW_ACTIVITY)
AT_ONCE = 500
WORN_OUT = noop("The worker stopped several times while making this evidence pack.")
# What happens to a clip and changes nothing that a pack says, but that somebody had it.
NO_CHANGE = (
    Verb.EVIDENCE_REQUESTED,
    Verb.EVIDENCE_MADE,
    Verb.EVIDENCE_FAILED,
    Verb.EVIDENCE_DOWNLOADED,
    Verb.RELEASE_DOWNLOADED,
    Verb.MASTER_DOWNLOADED,
    Verb.COMMENTS_EXPORTED,
)
# Of the brand, not of a clip: what was read in a model's licence.
OF_MODELS = (Verb.MODEL_LICENCE_READ, Verb.MODEL_READING_ENDED)

# Somebody's personal data was removed: a pack from before names them.
ERASED = (Verb.MEMBER_ERASED, Verb.GUEST_ERASED, Verb.CONSENT_ERASED)


class Lost(Exception):
    """The pack is no longer this worker's: removed, or in other hands. Nothing was written."""


def request(
    release: Release, *, with_file: bool, language: str, by: Principal, at: datetime | None = None
) -> EvidencePack:
    """Have it made. One that is being made already is the answer. Raises PackRefused, PermissionDenied."""
    for each in NEEDED:
        by.require(each, brand=release.brand)
    if with_file and not may_have_file(by):
        raise PermissionDenied(by.refusal(Capability.DOWNLOAD_RELEASE))
    assembly.require(release)
    at = at or timezone.now()
    try:
        with trail.recording():
            pack = EvidencePack.objects.create(
                brand=release.brand,
                release=release,
                user=principals.person(by),
                with_file=with_file,
                language=language,
                created_at=at,
                sends=1,
                due_at=backoff.next_send(at, sends=0),
            )
            _record(Verb.EVIDENCE_REQUESTED, pack, by=by, at=at, with_file=with_file)
            _send(pack)
    except IntegrityError:
        under_way = EvidencePack.objects.filter(release=release, state__in=UNDER_WAY).first()
        if under_way is None:
            raise PackRefused(_("Someone else just asked for one. Reload the page.")) from None
        return under_way
    return pack


def may_have_file(by: Principal) -> bool:
    """Whether they may have a pack with the released file in it."""
    return by.can(Capability.DOWNLOAD_RELEASE) or by.can(Capability.DOWNLOAD_MASTER)


def of(version_id: UUID) -> QuerySet[EvidencePack]:
    """The packs of a version's releases, the newest first, without those that nobody may have any more."""
    rows = EvidencePack.objects.filter(release__version=version_id).exclude(_forgotten())
    return rows.select_related("user", "release")


def released(version_id: UUID) -> Release | None:
    """The newest signing of a version that has a file: what a pack is made of."""
    rows = Release.objects.filter(version=version_id).exclude(sha256="").exclude(storage_key="")
    return (
        rows.select_related("brand", "asset", "version__rights", "version__inherited").order_by("-pk").first()
    )


def changed(pack: EvidencePack) -> list[str]:
    """Verbs of what happened since to the clip, to what it was made from or to models; the latest first."""
    if pack.state != PackState.READY or pack.up_to is None:
        return []
    release = pack.release
    sources = making.all_sources(release.version_id)
    assets = [release.asset_id, *_assets(sources)]
    later = Event.objects.filter(brand=pack.brand_id, sequence__gt=pack.up_to)
    about = Q(asset_id__in=assets) | Q(verb__in=OF_MODELS)
    found = later.filter(about).exclude(verb__in=NO_CHANGE).order_by("-sequence")
    return list(dict.fromkeys(found.values_list("verb", flat=True)[:AT_ONCE]))


def _assets(versions: set[UUID]) -> list[UUID]:
    return list(Version.objects.filter(pk__in=versions).values_list("asset_id", flat=True).distinct())


def _send(pack: EvidencePack) -> None:
    waiting = EvidencePack.objects.filter(pk=pack.pk, state=PackState.WAITING)
    tasks.enqueue(TASK, unsent=lambda: waiting.update(due_at=timezone.now()), pack_id=str(pack.pk))
    publish(pack)


def claim(pack_id: UUID | str, *, token: str, at: datetime) -> EvidencePack | None:
    """The pack, where it waits or its worker is gone; None otherwise."""
    rows = EvidencePack.objects.filter(Q(state=PackState.WAITING) | _lost(at), pk=pack_id)
    claimed = rows.filter(attempts__lt=MOST_ATTEMPTS).update(
        state=PackState.RUNNING,
        claim=token,
        attempts=F("attempts") + 1,
        progress=0,
        reason="",
        started_at=at,
        finished_at=None,
        held_until=holding.until(at),
    )
    if not claimed:
        return None
    rows = EvidencePack.objects.select_related("brand", "user", "release__version", "release__brand")
    mine = rows.get(pk=pack_id)
    publish(mine)
    return mine


def own(pack: EvidencePack) -> QuerySet[EvidencePack]:
    """The row, while it is this worker's."""
    return EvidencePack.objects.filter(pk=pack.pk, state=PackState.RUNNING, claim=pack.claim)


def progress(pack: EvidencePack, percent: int) -> None:
    """Raises Lost."""
    if not own(pack).update(progress=percent):
        raise Lost
    publish(pack)


def keep(pack: EvidencePack, stored: Stored, written: Written, *, at: datetime) -> None:
    """It is there from now on. Raises Lost."""
    with trail.recording():
        # Whoever made the same bytes and lost them drops them under this lock (stored_files.drop).
        locks.hold(storage.key_for(brand_id=pack.brand_id, sha256=stored.sha256, suffix=""))
        _end(
            pack,
            state=PackState.READY,
            progress=100,
            sha256=stored.sha256,
            size=stored.size,
            storage_key=stored.key,
            up_to=written.up_to,
            files=written.files,
            signed=written.signed,
            finished_at=at,
        )
        _record(
            Verb.EVIDENCE_MADE,
            pack,
            by=None,
            at=at,
            sha256=stored.sha256,
            size=stored.size,
            signed=written.signed,
            with_file=pack.with_file,
        )


def fail(pack: EvidencePack, *, reason: str, at: datetime) -> None:
    """Raises Lost."""
    with trail.recording():
        _end(pack, state=PackState.FAILED, reason=reason[:300], finished_at=at)
        _record(Verb.EVIDENCE_FAILED, pack, by=None, at=at)


def put_back(pack: EvidencePack, *, reason: str = "", at: datetime) -> None:
    """Leave it to another worker: at once, or, when something was away, after a while and not for ever."""
    fields: dict[str, Any] = {"state": PackState.WAITING, "attempts": F("attempts") - 1, "progress": 0}
    if not reason:
        fields["due_at"] = at
    elif pack.interruptions + 1 >= backoff.MOST_INTERRUPTIONS:
        fail(pack, reason=reason, at=at)
        return
    else:
        fields["due_at"] = backoff.next_retry(at, interruptions=pack.interruptions)
        fields["interruptions"] = F("interruptions") + 1
    _end(pack, reason=reason[:300], **fields)


def _end(pack: EvidencePack, **fields: Any) -> None:
    if not own(pack).update(claim="", held_until=None, **fields):
        raise Lost
    publish(pack)


def _record(verb: Verb, pack: EvidencePack, *, by: Principal | None, at: datetime, **data: object) -> None:
    release = pack.release
    trail.record(
        verb,
        brand=release.brand,
        target=str(release.version),
        actor=by,
        asset_id=release.asset_id,
        data={"release": release.sha256, **data},
        at=at,
    )


def remove(pack: EvidencePack) -> None:
    """Let the row and its file go; one that is being made is noticed by its worker."""
    with transaction.atomic():
        rows = EvidencePack.objects.select_for_update(of=("self",)).select_related("release")
        row = rows.filter(pk=pack.pk).first()
        if row is None:
            return
        EvidencePack.objects.filter(pk=row.pk).delete()
        if row.storage_key:
            stored = Stored(key=row.storage_key, sha256=row.sha256, size=row.size or 0)
            stored_files.drop(stored, brand_id=row.brand_id)
        publish(row)


def publish(pack: EvidencePack) -> None:
    events.publish(brand_id=pack.brand_id, name=f"evidence-{pack.release.version_id}")


def recover(*, at: datetime | None = None) -> None:
    """Send what waits and nobody makes, give up what wore out its workers, and let old ones go."""
    at = at or timezone.now()
    worn = EvidencePack.objects.filter(_lost(at), attempts__gte=MOST_ATTEMPTS)
    worn.update(state=PackState.FAILED, reason=str(_(WORN_OUT)), finished_at=at, held_until=None, claim="")
    due = Q(due_at=None) | Q(due_at__lte=at)
    waiting = EvidencePack.objects.filter(due, Q(state=PackState.WAITING) | _lost(at))
    for pack in waiting.order_by(F("due_at").asc(nulls_first=True), "pk")[:AT_ONCE]:
        if not offer(TASK, pack_id=str(pack.pk)):
            break
        EvidencePack.objects.filter(pk=pack.pk).update(
            sends=F("sends") + 1, due_at=backoff.next_send(at, sends=pack.sends)
        )
    over = Q(created_at__lt=at - KEPT) | Q(_forgotten()) | Q(pk__in=_too_many())
    old = EvidencePack.objects.filter(over).exclude(state=PackState.RUNNING)
    for pack in old.order_by("created_at")[:AT_ONCE]:
        remove(pack)


def _too_many() -> QuerySet[EvidencePack, Any]:
    """The keys of those that are ready, beyond the newest of their release."""
    place = Window(RowNumber(), partition_by=F("release"), order_by=[F("created_at").desc(), F("pk").desc()])
    ready = EvidencePack.objects.filter(state=PackState.READY).annotate(place=place)
    return ready.filter(place__gt=MOST_KEPT).values("pk")


def may_be_had(pack: EvidencePack) -> bool:
    """Whether it is there, and names nobody whose personal data was removed since: such a one goes soon."""
    rows = EvidencePack.objects.filter(pk=pack.pk, state=PackState.READY)
    return rows.exclude(_forgotten()).exists()


def _forgotten() -> Exists:
    events = Event.objects.filter(brand=OuterRef("brand"), verb__in=ERASED, sequence__gt=OuterRef("up_to"))
    return Exists(events)


def _lost(at: datetime) -> Q:
    return Q(state=PackState.RUNNING) & (holding.free(at) | Q(started_at__lt=at - LIMIT))
