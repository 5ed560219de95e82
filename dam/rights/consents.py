"""What people allowed, and owners of places, music and marks: the consents that a version needs.

The first that ends, or is withdrawn, ends what may be done with the version, and with all that was made from
it (RightsRecord.consents_until, kept by the database: migration 0109). Versions of a clip share a consent, so
a withdrawal reaches each of them.

Who a consent is of is personal data. Those see it who see working material; the activity log holds none of
it, and `forget` removes it from everywhere while its end goes on narrowing.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog import assets, versions
from dam.catalog.models import Asset, Version
from dam.core import errors, foreign_text
from dam.core.language import number
from dam.rights import consent_documents, making
from dam.rights.consent_documents import Document
from dam.rights.models import Consent, ConsentKind, ConsentLink
from dam.rights.visibility import visible_versions

MOST = 100  # of one version
FORGOTTEN_IN_BULK = "dam.bulk.forgetting.consent"  # which keeps for a while what it changed
Noted = Mapping[str, object] | None  # what stands in an event besides
IfStill = Callable[[Consent], bool] | None  # of the locked row: what is no longer so is left as it is
LONGEST: Mapping[str, int] = {"name": 200, "covers": 500, "reason": 500}  # characters


@dataclass(frozen=True)
class Said:
    """A consent as people write it down; `until` is its last moment, None: it doesn't end."""

    kind: str
    name: str
    covers: str = ""
    until: datetime | None = None


class ConsentRefused(errors.Refused):
    """`gone`, `changed`, `decided`, `held`, `no_name`, `no_reason`, `too_long`, `too_many`, `already` or
    `forgotten`."""

    code = "consent"


class ConsentChanged(errors.Refused):
    """Somebody else changed it since it was read; `now` is what it says."""

    code = "consent_changed"

    def __init__(self, now: Consent) -> None:
        self.now = now
        super().__init__(_("Someone else changed this while you were editing. Compare, and save again."))


def may_see(by: Principal) -> bool:
    return by.can(Capability.VIEW_UNRELEASED)


def may_change(keys: Collection[UUID], *, by: Principal) -> bool:
    """Whether they may change what these versions need: once a review counts on one, legal reviewers may."""
    if not may_see(by):
        return False
    return by.can(Capability.DECIDE_LEGAL) or (by.can(Capability.EDIT) and not making.counted_on(keys))


def may_withdraw(keys: Collection[UUID], *, by: Principal) -> bool:
    """So may those who could withdraw the approval: it comes to the same."""
    return may_change(keys, by=by) or (may_see(by) and by.can(Capability.WITHDRAW_RELEASE))


def may_remove(version: Version, *, by: Principal) -> bool:
    """Nobody may once a review counts on the version: then it can be withdrawn. Reads `version.asset`."""
    allowed = may_see(by) and (by.can(Capability.DECIDE_LEGAL) or by.can(Capability.EDIT))
    return allowed and version.asset.held_at is None and not making.counted_on([version.pk])


def may_forget(by: Principal) -> bool:
    """Those who decide on terms, and those who look after people; neither is a program."""
    return may_see(by) and (by.can(Capability.DECIDE_LEGAL) or by.can(Capability.MANAGE_PEOPLE))


def of(version: Version, *, by: Principal) -> list[Consent]:
    """What it needs, as it was added; nothing for those who may not see it. One query."""
    if not may_see(by):
        return []
    rows = Consent.objects.filter(links__version=version).select_related("added_by", "withdrawn_by")
    return list(rows.order_by("links__pk"))


def find(version: Version, consent_id: int, *, by: Principal) -> Consent | None:
    return next((each for each in of(version, by=by) if each.pk == consent_id), None)


def add(
    version: Version,
    said: Said,
    *,
    document: Document | None = None,
    by: Principal,
    noted: Noted = None,
    shared: bool = False,
) -> Consent:
    """`shared`: the standing consent of these very words that another clip of the brand needs is this one's
    too, so that its end and its withdrawal reach both. `noted` stands in the event.

    Raises ConsentRefused, DocumentRefused, PermissionDenied.
    """
    said = clean(said)
    consent_documents.require(document)
    with trail.recording():
        now = _locked(version, by=by)
        _require_change([now.pk], by=by)
        if ConsentLink.objects.filter(version=now).count() >= MOST:
            raise too_many()
        if shared and document is None and (standing := _of_these_words(now, said)):
            ConsentLink.objects.create(version=now, consent=standing)
            _record(Verb.CONSENT_ADDED, standing, now, by=by, **(noted or {}))
            return standing
        kept = Consent(
            brand=now.brand,
            kind=said.kind,
            name=said.name,
            covers=said.covers,
            until=said.until,
            added_by=by.user,
        )
        if document is not None:
            consent_documents.keep(document, kept)
        kept.save()
        ConsentLink.objects.create(version=now, consent=kept)
        _record(Verb.CONSENT_ADDED, kept, now, by=by, **(noted or {}))
    return kept


def change(
    version: Version,
    consent_id: int,
    said: Said,
    *,
    seen: int,
    document: Document | None = None,
    by: Principal,
    noted: Noted = None,
) -> bool:
    """Put this in the place of what was seen at that revision; True when anything changed.

    A document takes the place of the one before. Raises as `add` does, and ConsentChanged.
    """
    said = clean(said)
    consent_documents.require(document)
    with trail.recording():
        now, consent = _found(version, consent_id, by=by)
        _require_change(needed_by(consent), by=by)
        if consent.forgotten_at is not None:
            raise ConsentRefused(_("The personal data of this was removed."), code="forgotten")
        if consent.revision != seen:
            raise ConsentChanged(consent)
        before = Said(consent.kind, consent.name, consent.covers, consent.until)
        if before == said and document is None:
            return False
        replaced = consent_documents.of(consent)
        consent.kind, consent.name, consent.covers, consent.until = (
            said.kind,
            said.name,
            said.covers,
            said.until,
        )
        if document is not None:
            consent_documents.keep(document, consent)
        consent.revision += 1
        consent.save()
        if document is not None:
            consent_documents.drop(replaced, consent)
        _record(Verb.CONSENT_CHANGED, consent, now, by=by, **(noted or {}))
    return True


def withdraw(
    version: Version, consent_id: int, *, reason: str, by: Principal, noted: Noted = None
) -> Consent:
    """From now on nothing that needs it may be used. Raises ConsentRefused, PermissionDenied."""
    reason = clean_reason(reason)
    with trail.recording():
        now, consent = _found(version, consent_id, by=by, capability=Capability.WITHDRAW_RELEASE)
        if not may_withdraw(needed_by(consent), by=by):
            raise _decided()
        if consent.withdrawn_at is not None:
            raise ConsentRefused(_("This was withdrawn already."), code="already")
        consent.withdrawn_at, consent.withdrawn_by, consent.withdrawn_reason = (
            timezone.now(),
            by.user,
            reason,
        )
        consent.revision += 1
        consent.save()
        # Whether that is news to those who decide on terms (dam.notifications.kinds).
        counted = making.counted_on(needed_by(consent))
        _record(Verb.CONSENT_WITHDRAWN, consent, now, by=by, counted=counted, **(noted or {}))
    return consent


def reinstate(
    version: Version, consent_id: int, *, if_still: IfStill = None, by: Principal, noted: Noted = None
) -> Consent:
    """It wasn't withdrawn after all. Raises ConsentRefused, PermissionDenied."""
    with trail.recording():
        now, consent = _found(version, consent_id, by=by)
        _require_change(needed_by(consent), by=by)
        if if_still is not None and not if_still(consent):
            raise changed_since()
        if consent.withdrawn_at is None:
            raise ConsentRefused(_("This isn't withdrawn any more."), code="already")
        consent.withdrawn_at, consent.withdrawn_by, consent.withdrawn_reason = None, None, ""
        consent.revision += 1
        consent.save()
        _record(Verb.CONSENT_CHANGED, consent, now, by=by, **(noted or {}))
    return consent


def remove(
    version: Version, consent_id: int, *, if_still: IfStill = None, by: Principal, noted: Noted = None
) -> None:
    """The version doesn't need it. Where a review counts on it nobody removes it: it can be withdrawn.

    With the last version that needs it the consent goes, and the sweep takes its document. Raises
    ConsentRefused, PermissionDenied.
    """
    with trail.recording():
        now, consent = _found(version, consent_id, by=by)
        if now.asset.held_at is not None:
            raise _held()
        if making.counted_on([now.pk]):
            raise _stays()
        if if_still is not None and not if_still(consent):
            raise changed_since()
        ConsentLink.objects.filter(version=now, consent=consent).delete()
        _record(Verb.CONSENT_REMOVED, consent, now, by=by, **(noted or {}))


def put_back(
    version: Version,
    consent_id: int,
    said: Said,
    *,
    withdrawn: str | None,
    by: Principal,
    noted: Noted = None,
) -> Consent:
    """The version needs again what was removed from it: that very consent, as long as others need it.

    Else one of the same words, withdrawn for the same reason. Raises ConsentRefused, PermissionDenied.
    """
    with trail.recording():
        now = _locked(version, by=by)
        consent = Consent.objects.select_for_update().filter(pk=consent_id, brand=now.brand).first()
        if consent is None:
            consent = add(now, said, by=by, noted=noted)
            if withdrawn is not None:
                consent = withdraw(now, consent.pk, reason=withdrawn, by=by, noted=noted)
            return consent
        _require_change([now.pk], by=by)
        needed = ConsentLink.objects.filter(version=now)
        if needed.count() >= MOST:
            raise too_many()
        if not needed.filter(consent=consent).exists():
            ConsentLink.objects.create(version=now, consent=consent)
            _record(Verb.CONSENT_ADDED, consent, now, by=by, **(noted or {}))
    return consent


def forget(version: Version, consent_id: int, *, by: Principal, at: datetime | None = None) -> Consent:
    """Remove the name, the words and the document for good; its kind and its end stay, and narrow as before.

    Raises ConsentRefused, PermissionDenied.
    """
    if not may_forget(by):
        by.require(Capability.DECIDE_LEGAL)
    with trail.recording():
        now, consent = _found(version, consent_id, by=by, capability=Capability.MANAGE_PEOPLE)
        if now.asset.held_at is not None:
            raise _held()
        if consent.forgotten_at is not None:
            raise ConsentRefused(_("The personal data of this was removed."), code="forgotten")
        replaced = consent_documents.of(consent)
        of_clips = Version.objects.filter(consent_links__consent=consent).values_list("asset_id", flat=True)
        import_string(FORGOTTEN_IN_BULK)(now.brand, list(of_clips), consent.name, consent.pk)
        consent.name = consent.covers = consent.withdrawn_reason = ""
        consent.storage_key = consent.sha256 = consent.filename = ""
        consent.size, consent.forgotten_at = 0, at or timezone.now()
        consent.revision += 1
        consent.save()
        consent_documents.drop(replaced, consent)
        _record(Verb.CONSENT_ERASED, consent, now, by=by)
    return consent


def carry(replaced: Version, version: Version) -> int:
    """Have a new version need what the one before it did; how many. In the caller's transaction.

    What nobody thought of must not make it free: whoever knows better removes it from the draft. Those that
    it needs already stay as they are.
    """
    known = ConsentLink.objects.filter(version=version).values("consent")
    before = ConsentLink.objects.filter(version=replaced).exclude(consent__in=known).order_by("pk")
    links = list(before.values_list("consent_id", flat=True))
    return len(ConsentLink.objects.bulk_create(ConsentLink(version=version, consent_id=key) for key in links))


_WRONG = """
    SELECT version_id FROM (
        SELECT version_id, consents_until FROM dam_rightsrecord WHERE consents_until IS NOT NULL
    ) AS rights FULL JOIN (
        SELECT link.version_id, min(least(consent.until, consent.withdrawn_at)) AS ends
        FROM dam_consentlink AS link JOIN dam_consent AS consent ON consent.id = link.consent_id
        GROUP BY link.version_id
    ) AS said USING (version_id)
    WHERE rights.consents_until IS DISTINCT FROM said.ends ORDER BY version_id
"""


def wrongly_kept() -> Iterator[UUID]:
    """The versions of which the database keeps another end of their consents than these say."""
    with connection.cursor() as cursor:
        cursor.execute(_WRONG)
        for (key,) in cursor.fetchall():
            yield key


def keep_anew(keys: Collection[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT dam_keep_consents(%s)", [sorted(keys)])


def _locked(version: Version, *, by: Principal, capability: Capability | None = None) -> Version:
    """The version as it is now, with its asset, behind all locks: who decides meanwhile waits, or is seen.

    `capability` opens it besides those that change what it needs.
    """
    allowed = (Capability.DECIDE_LEGAL, *((capability,) if capability else ()))
    if not any(by.can(each) for each in allowed):
        by.require(Capability.EDIT, brand=version.brand)
    by.require(Capability.VIEW_UNRELEASED, brand=version.brand)
    visible = visible_versions(by).filter(pk=version.pk)
    if visible.exists():
        versions.locked(version.pk)
    now = visible.select_related("asset__brand", "brand").first()
    if now is None:
        raise ConsentRefused(_("This version is no longer there."), code="gone")
    making.hold_alone(now.brand_id)
    return now


def _found(
    version: Version, consent_id: int, *, by: Principal, capability: Capability | None = None
) -> tuple[Version, Consent]:
    now = _locked(version, by=by, capability=capability)
    consent = Consent.objects.select_for_update().filter(pk=consent_id, links__version=now).first()
    if consent is None:
        raise ConsentRefused(_("This is no longer recorded."), code="gone")
    return now, consent


def needed_by(consent: Consent) -> list[UUID]:
    """The versions that need it."""
    return list(ConsentLink.objects.filter(consent=consent).values_list("version_id", flat=True))


def _require_change(keys: Collection[UUID], *, by: Principal) -> None:
    if not may_change(keys, by=by):
        raise _decided()


def _decided() -> ConsentRefused:
    return ConsentRefused(
        _("A review counts on this. Only a legal reviewer can change it now; or add a new version."),
        code="decided",
    )


def _stays() -> ConsentRefused:
    return ConsentRefused(
        _("A review counts on this, so it stays. It can be withdrawn, or a new version added."),
        code="decided",
    )


def changed_since() -> ConsentRefused:
    return ConsentRefused(_("A consent has changed since, and was kept."), code="changed")


def _held() -> ConsentRefused:
    return ConsentRefused(_("This clip is under legal hold. Its consents stay as they are."), code="held")


def require_step(what: str, *, counted: bool, held: bool, by: Principal) -> None:
    """What a step asks of who takes it, before any lock: add, change, withdraw, reinstate or remove.

    `counted`: a review counts on one of the versions that need it. Raises ConsentRefused.
    """
    if what == "remove" and held:
        raise _held()
    if what == "remove" and counted:
        raise _stays()
    allowed = by.can(Capability.DECIDE_LEGAL) or (by.can(Capability.EDIT) and not counted)
    if what == "withdraw":
        allowed = allowed or by.can(Capability.WITHDRAW_RELEASE)
    if not may_see(by) or not allowed:
        raise _decided() if counted else ConsentRefused(by.refusal(Capability.EDIT), code="forbidden")


def too_many() -> ConsentRefused:
    return ConsentRefused(
        _("A version can have %(most)s consents at most.") % {"most": MOST}, code="too_many"
    )


def clean_reason(reason: str) -> str:
    """Raises ConsentRefused."""
    reason = _line("reason", reason)
    if not reason:
        raise ConsentRefused(_("Say why it was withdrawn."), code="no_reason")
    return reason


def _of_these_words(version: Version, said: Said) -> Consent | None:
    rows = Consent.objects.filter(
        brand=version.brand, kind=said.kind, name=said.name, covers=said.covers, until=said.until
    )
    standing = rows.filter(withdrawn_at=None, forgotten_at=None)
    return standing.exclude(links__version=version).select_for_update().order_by("pk").first()


def clean(said: Said) -> Said:
    """As it is kept. Raises ConsentRefused."""
    name = _line("name", said.name)
    if not name:
        raise ConsentRefused(_("Say whose consent it is."), code="no_name")
    return Said(ConsentKind(said.kind).value, name, _line("covers", said.covers), said.until)


def _line(what: str, text: str) -> str:
    if len(text) > LONGEST[what]:
        raise ConsentRefused(
            _("At most %(most)s characters; this has %(has)s.")
            % {"most": number(LONGEST[what]), "has": number(len(text))},
            code="too_long",
        )
    return foreign_text.line(text, longest=LONGEST[what])


def _record(verb: Verb, consent: Consent, version: Version, *, by: Principal, **noted: object) -> None:
    """The log says which consent it was, and nothing of whose."""
    asset: Asset = version.asset
    trail.record(
        verb,
        brand=asset.brand,
        target=asset.title,
        actor=by,
        asset_id=asset.pk,
        data={"version": str(version.pk), "consent": str(consent.pk), **noted},
    )
    assets.publish([asset])
