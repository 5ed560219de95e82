"""The end of somebody's access to a brand, whoever ends it: an administrator, a directory or a provider."""

from datetime import datetime

from dam.access import handover
from dam.access.handover import Heir
from dam.accounts.models import ApiToken, Invitation, Membership
from dam.accounts.principals import Member, Principal
from dam.collections import recent_clips


def end(now: Membership, *, at: datetime, by: Principal | None, heir: Heir | None = None) -> dict[str, int]:
    """Deactivate a membership whose brand's people are held; how many `tokens` and things `handed_over`.

    What the person made and decided stays; which clips they opened is forgotten. Open work goes to `heir`,
    else to whoever has the role. The caller sees that the brand keeps an administrator, and records it.
    Raises Refused where the heir can't do what waits.
    """
    handed = handover.hand_over(Member(now.user, now.brand, now.given), heir=heir, by=by)
    Membership.everyone.filter(pk=now.pk).update(deactivated_at=at)
    waiting = Invitation.objects.filter(brand=now.brand, accepted_at=None, revoked_at=None)
    waiting.filter(email__iexact=now.user.email).update(revoked_at=at)  # no way back in by an old mail
    recent_clips.forget(now.user, now.brand)
    tokens = ApiToken.objects.filter(owner=now.user, brand=now.brand, revoked_at=None)
    return {"tokens": tokens.update(revoked_at=at), "handed_over": handed}
