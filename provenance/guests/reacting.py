"""Signs at what guests read: given by guests, and by the brand's people at what a guest said.

Guests see each other's, and those of the brand's people at what guests said. Those of the brand's people at
the brand's own comments stay inside, as its replies do.
"""

from datetime import datetime

from django.utils import timezone

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.core import events, numbers
from provenance.guests import links, remarks
from provenance.guests.models import GuestLink, GuestRemark
from provenance.guests.rules import May
from provenance.review import reactions
from provenance.review.models import Comment
from provenance.review.reactions import ReactionRefused


def give_remark(
    remark: GuestRemark, kind: str, *, on: bool, by: Principal, at: datetime | None = None
) -> bool:
    """A person of the brand gives a sign to what a guest said, or takes it back.

    Whether that changed anything. Raises ReactionRefused, PermissionDenied.
    """
    review = remark.review
    by.require(Capability.COMMENT, brand=review.brand)
    reactions.require_sign(kind)
    person, at = principals.person(by), at or timezone.now()
    with trail.recording():
        if not reactions.change(on=on, at=at, remark=remark, user=person, kind=kind):
            return False
        version = review.version
        trail.record(
            Verb.COMMENT_REACTED if on else Verb.COMMENT_UNREACTED,
            brand=review.brand,
            actor=by,
            target=str(version),
            asset_id=version.asset_id,
            data={"remark": remark.pk, "reaction": kind},
            at=at,
        )
        events.publish(brand_id=review.brand_id, name=f"guests-{review.pk}")
    return True


def give(link: GuestLink, key: str, kind: str, *, on: bool, at: datetime | None = None) -> bool:
    """A guest gives a sign to what they read, named by `key` (remarks.Said.key), or takes it back.

    Whether that changed anything. Raises ReactionRefused, GuestRefused.
    """
    reactions.require_sign(kind)
    at = at or timezone.now()
    with trail.recording():
        link = remarks.locked(link, May.COMMENT, at=at)
        comment, remark = _read(link, key)
        if not reactions.change(on=on, at=at, comment=comment, remark=remark, link=link, kind=kind):
            return False
        verb = Verb.GUEST_REACTED if on else Verb.GUEST_UNREACTED
        links.record_said(verb, link, data={"on": key, "reaction": kind}, at=at)
        if comment is not None:
            events.publish(brand_id=link.brand_id, name=f"version-{link.version_id}")
    return True


def _read(link: GuestLink, key: str) -> tuple[Comment | None, GuestRemark | None]:
    """What the key names, if guests of this link read it. Raises ReactionRefused."""
    kind, _dash, text = key.partition("-")
    number = numbers.read(text) or 0
    if kind == "guest":
        remark = GuestRemark.objects.filter(pk=number, review=link.review_id, deleted_at=None).first()
        if remark is not None:
            return None, remark
    elif kind == "house":
        rows = Comment.objects.select_for_update(no_key=True)
        comment = rows.filter(
            pk=number, version=link.version_id, parent=None, deleted_at=None, for_guests=True
        ).first()
        if comment is not None:
            return comment, None
    raise ReactionRefused
