"""Tasks of letting people in."""

import logging

from celery import shared_task
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from dam.access import invitations
from dam.accounts import mails, roles
from dam.accounts.models import Invitation

log = logging.getLogger(__name__)


@shared_task(name="default.send_invitation")
def send_invitation(invitation_id: int) -> None:
    """Mail an invitation with a new link: its secret is made here, so that it is in no queue."""
    invitation = Invitation.objects.select_related("brand", "invited_by").filter(pk=invitation_id).first()
    if invitation is None or invitations.state_of(invitation, at=timezone.now()) != invitations.State.OPEN:
        return
    try:
        role = roles.name(roles.named(invitation.brand, invitation.role))
        secret = invitations.new_secret(invitation, shown=False)
        mails.send(
            "invitation",
            to=invitation.email,
            context={
                "brand": invitation.brand,
                "inviter": invitation.invited_by,
                "name": invitation.name,
                "note": invitation.note,
                "role": role,
                "days": invitations.DAYS,
                "url": f"{settings.PUBLIC_URL}{reverse('join-link', args=[secret])}",
            },
            about=f"invitation-{invitation.pk}",
        )
    except (mails.NotSent, roles.UnknownRole, invitations.InvitationRefused) as problem:
        log.error("Invitation %s was not sent: %s", invitation.pk, problem.code)
        Invitation.objects.filter(pk=invitation.pk).update(send_problem=problem.message[:200])
        return
    Invitation.objects.filter(pk=invitation.pk).update(sent_at=timezone.now(), send_problem="")
