"""Inviting people to a brand by mail, and their joining it.

The link has one purpose and works once. Its secret is made when it is sent, or shown where mail is off, and
only its hash is kept: sending it again makes another, and the one before ends.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.access.invitation_lists import Line
from dam.accounts import keys, mail_domains, mails, members, principals, roles
from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand, Invitation, Membership, User
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.names import Named
from dam.audit.verbs import Verb
from dam.core import errors, tasks

DAYS = 7
LONGEST_NAME = 120
MOST_OPEN = 500  # in one brand


class InvitationRefused(errors.Refused):
    """There is nothing to be invited to, or not for this person; `code` says which."""

    code = "invitation"


class State(StrEnum):
    OPEN = "open"
    EXPIRED = "expired"
    REVOKED = "revoked"
    ACCEPTED = "accepted"


@dataclass(frozen=True)
class Proposal:
    """What a line of a list will do: an invitation with this role, or nothing for that reason."""

    line: Line
    role_name: str
    role_key: str
    problem: str = ""


def state_of(invitation: Invitation, *, at: datetime) -> State:
    if invitation.accepted_at is not None:
        return State.ACCEPTED
    if invitation.revoked_at is not None:
        return State.REVOKED
    return State.EXPIRED if invitation.expires_at <= at else State.OPEN


def propose(lines: Iterable[Line], *, role: str, by: Principal, at: datetime | None = None) -> list[Proposal]:
    """What inviting these would do, line by line; `role` is the key for those that name none.

    Never says whether somebody has an account elsewhere. Raises PermissionDenied.
    """
    by.require(Capability.MANAGE_PEOPLE)
    at = at or timezone.now()
    lines = list(lines)
    addresses = [line.email for line in lines]
    rows = Membership.everyone.filter(brand=by.brand, user__email__in=addresses)
    known = dict(rows.values_list("user__email", "deactivated_at"))
    invited = set(
        Invitation.objects.filter(
            brand=by.brand, email__in=addresses, accepted_at=None, revoked_at=None, expires_at__gt=at
        ).values_list("email", flat=True)
    )
    to_give = {choice.key: choice for choice in roles.to_give(by)}
    every = {str(choice.name).casefold(): choice.key for choice in roles.choices(by.brand)}
    every |= {key: key for key in every.values()}
    seen: set[str] = set()
    found = []
    for line in lines:
        key = every.get(line.role.casefold(), "") if line.role else role
        choice = to_give.get(key)
        problem = _problem_with(line, brand=by.brand)
        if not problem and line.email in seen:
            problem = _("This address is in the list twice.")
        if not problem and line.email in known:
            left = known[line.email] is not None
            problem = (
                _("Deactivated in this brand. Reactivate them on their page.")
                if left
                else _("Already in this brand.")
            )
        if not problem and line.email in invited:
            problem = _("Already invited. Send the invitation again from the list.")
        if not problem and not key:
            problem = _("There is no role “%(role)s”.") % {"role": line.role[:40]}
        if not problem and choice is None:
            problem = _("You can't give this role.")
        seen.add(line.email)
        found.append(Proposal(line, str(choice.name) if choice else line.role, key, problem))
    return found


def invite(
    *, email: str, role: str, by: Principal, name: str = "", note: str = "", at: datetime | None = None
) -> Invitation:
    """Invite a person with this role (its key); the mail goes out after commit, where mail is on.

    Raises InvitationRefused, roles.UnknownRole, PermissionDenied.
    """
    at = at or timezone.now()
    given = roles.named(by.brand, role)
    roles.require_may_give(by, given)
    line = Line(1, email.strip().lower(), " ".join(name.split()), role)
    problem = propose([line], role=role, by=by, at=at)[0].problem
    if problem:
        raise InvitationRefused(problem, code="cannot_invite")
    with trail.recording():
        members.hold_people([by.brand.pk])
        waiting = Invitation.objects.filter(brand=by.brand, accepted_at=None, revoked_at=None)
        waiting.filter(email=line.email, expires_at__lte=at).update(revoked_at=at)  # the new one replaces it
        if waiting.count() >= MOST_OPEN:
            raise InvitationRefused(
                _("%(most)s invitations are open. Revoke some that won't be used.") % {"most": MOST_OPEN},
                code="too_many",
            )
        try:
            with trail.recording():
                invitation = Invitation.objects.create(
                    brand=by.brand,
                    email=line.email,
                    name=line.name,
                    role=role,
                    note=note.strip(),
                    invited_by=principals.person(by),
                    created_at=at,
                    expires_at=at + timedelta(days=DAYS),
                )
        except IntegrityError as error:
            raise InvitationRefused(_("Already invited."), code="cannot_invite") from error
        _record(Verb.MEMBER_INVITED, invitation, by=by, data={"role": roles.recorded(given)}, at=at)
        _enqueue(invitation)
    return invitation


def invite_all(
    proposals: Iterable[Proposal], *, by: Principal, note: str = "", at: datetime | None = None
) -> list[Invitation]:
    """Invite those lines that have no problem."""
    made = []
    with trail.recording():
        for each in proposals:
            if not each.problem:
                made.append(
                    invite(
                        email=each.line.email,
                        name=each.line.name,
                        role=each.role_key,
                        note=note,
                        by=by,
                        at=at,
                    )
                )
    return made


def resend(invitation: Invitation, *, by: Principal, at: datetime | None = None) -> None:
    """Valid for the full time again, with a new link in a new mail. Raises InvitationRefused."""
    at = at or timezone.now()
    _require_over(invitation, by=by)
    with trail.recording():
        open_ = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
        if not open_.update(expires_at=at + timedelta(days=DAYS), send_problem=""):
            raise _over(invitation, at=at)
        _record(Verb.MEMBER_INVITED_AGAIN, invitation, by=by, at=at)
        _enqueue(invitation)


def revoke(invitation: Invitation, *, by: Principal, at: datetime | None = None) -> None:
    """The link works no more. Raises InvitationRefused."""
    at = at or timezone.now()
    _require_over(invitation, by=by)
    with trail.recording():
        open_ = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
        if not open_.update(revoked_at=at):
            raise _over(invitation, at=at)
        _record(Verb.MEMBER_INVITATION_REVOKED, invitation, by=by, at=at)


def new_secret(invitation: Invitation, *, shown: bool) -> str:
    """A new link's secret, to be put into a mail or shown on a page, once. Raises InvitationRefused."""
    key = keys.new(keys.KeyKind.INVITATION)
    open_ = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
    if not open_.update(prefix=key.prefix, digest=key.digest, was_shown=shown):
        raise _over(invitation, at=timezone.now())
    return key.secret


def find(secret: str) -> Invitation | None:
    """The invitation that this link is of, however it stands; None for any other secret."""
    rows = Invitation.objects.select_related("brand", "invited_by", "accepted_by")
    for row in rows.filter(prefix=keys.prefix_of(secret)).exclude(digest=""):
        if keys.opens(secret, kept=row.digest):
            return row
    return None


def accept(invitation: Invitation, user: User, *, at: datetime | None = None) -> Membership:
    """The person joins the brand with the role of the invitation. Raises InvitationRefused.

    `user` is signed in, or was just made from what the company's sign-in said of the address.
    """
    at = at or timezone.now()
    with trail.recording():
        members.hold_people([invitation.brand_id])
        opened = invitation.digest
        invitation = Invitation.objects.select_related("brand", "invited_by").get(pk=invitation.pk)
        brand = invitation.brand
        if state_of(invitation, at=at) != State.OPEN:
            raise _over(invitation, at=at)
        if user.email != invitation.email:
            raise InvitationRefused(
                _("This invitation is for another address than your account's."), code="somebody_else"
            )
        if not user.is_active:
            raise InvitationRefused(_("Your account is closed. Contact your administrator."), code="closed")
        host = principals.member(invitation.invited_by, brand)
        try:
            role = roles.named(brand, invitation.role)
            if host is None:
                raise PermissionDenied
            roles.require_may_give(host, role)
        except (roles.UnknownRole, PermissionDenied) as error:
            raise InvitationRefused(
                _("This invitation can't be used any more. Ask an administrator of the brand for a new one."),
                code="outdated",
            ) from error
        # Of the link that was opened: one that was revoked or sent again meanwhile has ended.
        still = Invitation.objects.filter(pk=invitation.pk, digest=opened, accepted_at=None, revoked_at=None)
        if not still.update(accepted_at=at, accepted_by=user):
            raise _over(invitation, at=at)
        membership, new = Membership.everyone.get_or_create(
            user=user, brand=brand, defaults={**roles.columns(role), "joined_at": at}
        )
        if not new and membership.deactivated_at is not None:
            Membership.everyone.filter(pk=membership.pk).update(**roles.columns(role), deactivated_at=None)
        if not invitation.was_shown:  # the link was mailed to this address, and came to be used
            members.prove(user)
        data = {"role": roles.recorded(role), "invited_by": f"user:{invitation.invited_by_id}"}
        trail.record(Verb.MEMBER_JOINED, brand=brand, actor=user, data=data, at=at)
    return Membership.everyone.select_related("user", "brand", "custom_role").get(pk=membership.pk)


def join_as_new(
    invitation: Invitation, *, name: str, password: str | None, at: datetime | None = None
) -> Membership:
    """Make an account for the invited address and let it join. Raises InvitationRefused."""
    with trail.recording():
        if members.of_address(invitation.email) is not None:
            raise InvitationRefused(_("Sign in with your account to join."), code="has_account")
        name = " ".join(name.split())
        if len(name) > LONGEST_NAME:
            raise InvitationRefused(_too_long(), code="name_too_long")
        user = User.objects.create_user(invitation.email, password, name=name)
        if Invitation.objects.filter(pk=invitation.pk, was_shown=True).exists():
            user.proven_email = ""  # whoever was given the link is not known to read that address
            user.save(update_fields=["proven_email"])
        return accept(invitation, user, at=at)


def _too_long() -> str:
    return _("A name has at most %(most)s characters.") % {"most": LONGEST_NAME}


def _problem_with(line: Line, *, brand: Brand) -> str:
    try:
        validate_email(line.email)
    except ValidationError:
        return _("“%(text)s” isn't an email address.") % {"text": line.email[:60]}
    if len(line.name) > LONGEST_NAME:
        return _too_long()
    if not mails.can_reach(line.email):
        return _("No mail can be sent to this address.")
    if not mail_domains.allows(brand, line.email):
        domain = line.email.rpartition("@")[2]
        return _("%(domain)s isn't among the domains that this brand allows.") % {"domain": domain}
    if line.number > 0 and len(line.email) > 254:
        return _("This address is too long.")
    return ""


def _require_over(invitation: Invitation, *, by: Principal) -> None:
    """Whoever changes an invitation could have made it."""
    by.require(Capability.MANAGE_PEOPLE, brand=invitation.brand)
    try:
        role = roles.named(invitation.brand, invitation.role)
    except roles.UnknownRole:
        return  # nobody joins with it any more
    roles.require_may_give(by, role)


def _over(invitation: Invitation, *, at: datetime) -> InvitationRefused:
    now = Invitation.objects.get(pk=invitation.pk)
    state = state_of(now, at=at)
    words = {
        State.ACCEPTED: _("This invitation has been used already."),
        State.REVOKED: _("This invitation was revoked."),
        State.EXPIRED: _("This invitation has expired. Ask for a new one."),
        State.OPEN: _("Someone else just changed this. Reload the page and try again."),
    }
    return InvitationRefused(words[state], code=state.value)


def _record(
    verb: Verb, invitation: Invitation, *, by: Principal, at: datetime, data: dict[str, str] | None = None
) -> None:
    about = Named(f"invitation:{invitation.pk}", invitation.email)
    trail.record(verb, brand=invitation.brand, about=about, actor=by, data=data, at=at)


def _enqueue(invitation: Invitation) -> None:
    if mails.is_on():
        tasks.enqueue("default.send_invitation", invitation_id=invitation.pk)
