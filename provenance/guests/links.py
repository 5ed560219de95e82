"""Asking somebody from outside to a review, sending the link again, and ending it.

Whoever submits or decides reviews may do so, as themselves and not by a program. The secret of a link is made
when it is mailed, or shown where mail is off, and only its hash is kept.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import keys, mails, principals
from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog.models import AssetKind, RenditionKind
from dam.core import errors, events, foreign_text, tasks
from dam.delivery.downloads import ONE_DOWNLOAD
from dam.ingest import backoff
from provenance.guests import gate, lists, rules
from provenance.guests.models import GuestAddress, GuestLink, GuestSession, MarkedCopy, inviter_works
from provenance.guests.rules import May, Proof, Standing
from provenance.review.models import Review
from provenance.review.states import ReviewState

LONGEST_NAME, LONGEST_MESSAGE, LONGEST_PASSPHRASE = 80, 1000, 200
LEAST_DIFFERENT = 5  # characters of a passphrase
MOST_OPEN = 50  # of one review
SEND, TEND = "default.send_guest_link", "default.tend_guest_links"
# What a copy is made of for them, by the kind of clip.
SHOWN = {
    AssetKind.VIDEO: RenditionKind.PROXY,
    AssetKind.STILL: RenditionKind.PICTURE,
    AssetKind.SOUND: RenditionKind.SOUND,
}
WORKS = (Capability.SUBMIT, Capability.DECIDE_BRAND, Capability.DECIDE_LEGAL)


class GuestRefused(errors.Refused):
    """It can't be shared like this; `field` says what of it is to be changed, where it is one thing."""

    code = "guest_refused"

    def __init__(self, message: str, *, field: str = "") -> None:
        self.field = field
        super().__init__(message)


def may_share(by: Principal) -> bool:
    """Whether they could, if their brand shares with people outside."""
    return by.kind == "member" and any(by.can(each) for each in WORKS)


def require_may_share(by: Principal, *, brand: Brand) -> None:
    """Raises PermissionDenied."""
    by.require(Capability.VIEW_UNRELEASED, brand=brand)
    if not may_share(by):
        raise PermissionDenied(
            _("Only people who send clips to review or decide on them can share a review.")
        )


def create(
    review: Review,
    *,
    by: Principal,
    email: str,
    name: str,
    may: May,
    days: int = rules.DAYS,
    passphrase: str = "",
    may_download: bool = False,
    message: str = "",
    at: datetime | None = None,
) -> GuestLink:
    """Ask somebody to the review; the mail goes out after commit, where mail is on.

    With a passphrase they show that, else a code that is mailed. Raises GuestRefused, PermissionDenied.
    """
    require_may_share(by, brand=review.brand)
    at = at or timezone.now()
    email, name = email.strip().lower(), foreign_text.line(name)
    _require(review, email=email, name=name, days=days, passphrase=passphrase, message=message)
    with trail.recording():
        given = GuestLink.objects.filter(review=review, ended_at=None)
        for old in gate.links().filter(review=review, email=email, ended_at=None, expires_at__lte=at):
            expire(old, at=at)
        if given.count() >= MOST_OPEN:
            raise GuestRefused(
                _("%(most)s links to this review are open. Revoke some first.") % {"most": MOST_OPEN}
            )
        try:
            with trail.recording():
                link = GuestLink.objects.create(
                    brand=review.brand,
                    review=review,
                    version=review.version,
                    email=email,
                    name=name,
                    may=may.value,
                    may_download=may_download,
                    proof=Proof.PASSPHRASE if passphrase else Proof.CODE,
                    passphrase_digest=make_password(passphrase) if passphrase else "",
                    message=foreign_text.neutral(message).strip(),
                    created_by=principals.person(by),
                    created_at=at,
                    expires_at=at + timedelta(days=days),
                )
        except IntegrityError as problem:
            raise GuestRefused(
                _("This address has a link to this review already."), field="email"
            ) from problem
        copy = MarkedCopy.objects.create(link=link, sends=1, due_at=backoff.next_send(at, sends=0))
        tasks.enqueue("transcode.mark_guest_copy", copy_id=copy.pk)
        data = {"may": link.may, "download": may_download, "expires_at": link.expires_at.isoformat()}
        record(Verb.GUEST_INVITED, link, by=by, data=data, at=at)
        _send(link)
    return link


def send_again(link: GuestLink, *, by: Principal, at: datetime | None = None) -> None:
    """A new link in a new mail: the one before ends, and whoever is in by it. Raises GuestRefused.

    Where whoever asked them has left, the link is from now on that of who sends it again.
    """
    require_may_share(by, brand=link.brand)
    at = at or timezone.now()
    with trail.recording():
        row = gate.links().select_for_update(of=("self",)).get(pk=link.pk)
        if rules.standing(row.facts, at=at) is Standing.INVITER_GONE:
            GuestLink.objects.filter(pk=row.pk).update(created_by=principals.person(by))
            row = gate.links().get(pk=row.pk)
        _require_opens(row, at=at)  # else it would lose what it has, and nothing would be mailed
        GuestLink.objects.filter(pk=row.pk).update(
            prefix="", digest="", code_digest="", send_problem="", sent_at=None, mailing_at=None
        )
        GuestSession.objects.filter(link=link, ends_at__gt=at).update(ends_at=at)
        # Whoever has a pass for the list of this address would be in again by it.
        lists.end(GuestAddress.objects.filter(email=link.email).exclude(digest=""), at=at)
        record(Verb.GUEST_INVITED_AGAIN, link, by=by, at=at)
        _send(link)


def revoke(link: GuestLink, *, by: Principal, at: datetime | None = None) -> None:
    """Nothing opens by it from now on. Raises GuestRefused."""
    require_may_share(by, brand=link.brand)
    at = at or timezone.now()
    with trail.recording():
        rows = GuestLink.objects.filter(pk=link.pk, ended_at=None)
        if not rows.update(revoked_at=at, ended_at=at):
            raise GuestRefused(_("This link has ended already."))
        record(Verb.GUEST_REVOKED, link, by=by, at=at)
        tasks.enqueue(TEND)


def expire(link: GuestLink, *, at: datetime) -> None:
    """Note that its time is over, and say so once."""
    with trail.recording():
        if GuestLink.objects.filter(pk=link.pk, ended_at=None).update(ended_at=at):
            record(Verb.GUEST_EXPIRED, link, at=at)


def new_secret(link: GuestLink, *, mailing_at: datetime | None = None) -> str:
    """The secret of a link that has none yet, for one page, or for the mail that is sent from `mailing_at`.

    Raises GuestRefused.
    """
    key = keys.new(keys.KeyKind.GUEST)
    rows = _open(timezone.now()).filter(pk=link.pk, digest="")
    if not rows.update(prefix=key.prefix, digest=key.digest, mailing_at=mailing_at):
        raise GuestRefused(_("This link has ended, or was sent already."))
    return key.secret


def of_secret(secret: str) -> GuestLink | None:
    """The link that this secret is of, however it stands."""
    rows = GuestLink.objects.filter(prefix=keys.prefix_of(secret)).exclude(digest="")
    return next((row for row in rows if keys.opens(secret, kept=row.digest)), None)


def of_review(review: Review) -> QuerySet[GuestLink]:
    rows = GuestLink.objects.filter(review=review).annotate(inviter_works=inviter_works())
    return rows.select_related(
        "brand", "review", "version__asset", "version__inherited", "created_by", "copy"
    )


def record(
    verb: Verb,
    link: GuestLink,
    *,
    by: Principal | None = None,
    data: Mapping[str, object] | None = None,
    at: datetime,
) -> None:
    """Leave the audit event, of what was done to a guest, and tell the pages that are open."""
    trail.record(
        verb,
        brand=link.brand,
        actor=by,
        about=link.named,
        asset_id=link.version.asset_id,
        data={"version": link.version.number, **(data or {})},
        at=at,
    )
    tell(link)


def record_said(
    verb: Verb, link: GuestLink, *, data: Mapping[str, object] | None = None, at: datetime
) -> None:
    """The same of what a guest did."""
    trail.record(
        verb,
        brand=link.brand,
        actor=link.named,
        target=link.version.asset.title,
        asset_id=link.version.asset_id,
        data={"version": link.version.number, "invited_by": [link.created_by_id], **(data or {})},
        at=at,
    )
    tell(link)


def record_download(link: GuestLink, *, at: datetime) -> None:
    """Leave an event of what was taken, once for all parts in which a download manager fetches it."""
    data = {"sha256": link.copy.sha256}
    known = Event.objects.filter(
        asset_id=link.version.asset_id,
        verb=Verb.GUEST_DOWNLOADED,
        actor_ref=link.named.reference,
        data__contains=data,
        at__gt=at - ONE_DOWNLOAD,
    )
    if not known.exists():
        record_said(Verb.GUEST_DOWNLOADED, link, data=data, at=at)


def tell(link: GuestLink) -> None:
    events.publish(brand_id=link.brand_id, name=f"guests-{link.review_id}")


def _open(at: datetime) -> QuerySet[GuestLink]:
    return GuestLink.objects.filter(ended_at=None, revoked_at=None, erased_at=None, expires_at__gt=at)


def _require_opens(link: GuestLink, *, at: datetime) -> None:
    """Raises GuestRefused."""
    match rules.standing(link.facts, at=at):
        case Standing.OPEN:
            return
        case Standing.SWITCHED_OFF:
            raise GuestRefused(
                _("This brand doesn't share with people outside. An administrator can change that.")
            )
        case Standing.OVER:
            raise GuestRefused(_("This review is over, so no one can be asked to it."))
        case Standing.TRASHED:
            raise GuestRefused(_("This clip is in the trash. Restore it first."))
        case Standing.SOURCE_STOPPED:
            raise GuestRefused(_("This clip is made from another clip that may not be used."))
    raise GuestRefused(_("This link has ended. Share the review again."))


def _send(link: GuestLink) -> None:
    if mails.is_on():
        tasks.enqueue(SEND, link_id=link.pk)


def _is_common(passphrase: str) -> bool:
    try:
        CommonPasswordValidator().validate(passphrase.strip())
    except ValidationError:
        return True
    return len(set(passphrase.lower())) < LEAST_DIFFERENT


def _require(review: Review, *, email: str, name: str, days: int, passphrase: str, message: str) -> None:
    version = review.version
    if not review.brand.guest_reviews:
        raise GuestRefused(
            _("This brand doesn't share with people outside. An administrator can change that.")
        )
    if review.state != ReviewState.OPEN:
        raise GuestRefused(_("This review is over, so no one can be asked to it."))
    if SHOWN[AssetKind(version.kind)] not in version.rendition_by_kind:
        raise GuestRefused(_("The preview of this clip isn't ready yet. Try again in a few minutes."))
    try:
        validate_email(email)
    except ValidationError as problem:
        raise GuestRefused(_("Enter an email address."), field="email") from problem
    if len(email) > 254 or not mails.can_reach(email):
        raise GuestRefused(_("No mail can be sent to this address."), field="email")
    if not name or len(name) > LONGEST_NAME:
        raise GuestRefused(
            _("Enter a name of at most %(most)s characters.") % {"most": LONGEST_NAME}, field="name"
        )
    if not 1 <= days <= rules.MOST_DAYS:
        raise GuestRefused(_("Choose 1 to %(most)s days.") % {"most": rules.MOST_DAYS}, field="days")
    # A run of spaces counts as one character, as in passwords: it is as easily guessed.
    length = len(" ".join(passphrase.split()))
    if passphrase and (length < rules.SHORTEST_PASSPHRASE or len(passphrase) > LONGEST_PASSPHRASE):
        raise GuestRefused(
            _("A passphrase has at least %(least)s characters.") % {"least": rules.SHORTEST_PASSPHRASE},
            field="passphrase",
        )
    if passphrase and _is_common(passphrase):
        raise GuestRefused(_("This passphrase is easily guessed. Choose another one."), field="passphrase")
    if not passphrase and not mails.is_on():
        raise GuestRefused(
            _("No mail is sent from here, so a code can't reach them. Choose a passphrase."),
            field="passphrase",
        )
    if len(message) > LONGEST_MESSAGE:
        raise GuestRefused(
            _("A message has at most %(most)s characters.") % {"most": LONGEST_MESSAGE}, field="message"
        )
