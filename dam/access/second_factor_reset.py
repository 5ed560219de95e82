"""An administrator's reset for somebody who lost their second step and their recovery codes.

It takes the second step away and signs them out; it opens no account, for the password is still asked.
"""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from dam.access import account_care, own_account
from dam.accounts import second_factors, security_mails, sessions
from dam.accounts.models import User
from dam.accounts.principals import Member, Principal
from dam.audit import trail
from dam.audit.verbs import Verb


def refusal(person: User, *, by: Principal) -> str:
    """Why they can't reset it, in a sentence; empty where they can."""
    if not isinstance(by, Member):
        return _("Sign in to reset a second step.")
    if by.user == person:
        return _("Change your own second step in your account.")
    return account_care.refusal(person, by=by)


def reset(person: User, *, by: Principal) -> None:
    """Remove passkeys, app and recovery codes, end every session, and tell them. Raises PermissionDenied."""
    why = refusal(person, by=by)
    if why:
        raise PermissionDenied(why)
    with trail.recording():
        second_factors.remove_all(person)
        sessions.end_all(person)
        own_account.tell(person, Verb.MEMBER_SECOND_FACTOR_RESET, by=by.user)
        security_mails.tell(person, of="second_factor_reset")
