"""A link to choose a new password, made by an administrator for somebody who forgot theirs while mail is off.

It opens the account for whoever has it, but for the second step. So it is made for those alone whom the
administrator could let in anew anyway, and every brand of theirs hears of it.
"""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from dam.access import account_care, own_account
from dam.accounts import mails, reset_links
from dam.accounts.models import User
from dam.accounts.principals import Member, Principal
from dam.audit import trail
from dam.audit.verbs import Verb


def refusal(person: User, *, by: Principal) -> str:
    """Why they can't make one, in a sentence; empty where they can."""
    if not isinstance(by, Member):
        return _("Sign in to make a link.")
    if by.user == person:
        return _("Change your own password in your account.")
    if mails.is_on():
        return _("Emails are sent here, so they can ask for a link on the sign-in page themselves.")
    if not person.is_active:
        return _("This account is closed.")
    return account_care.refusal(person, by=by)


def make(person: User, *, by: Principal) -> str:
    """The link: it works once, for a day. Raises PermissionDenied."""
    why = refusal(person, by=by)
    if why:
        raise PermissionDenied(why)
    with trail.recording():
        own_account.tell(person, Verb.MEMBER_PASSWORD_LINK_MADE, by=by.user)
        return reset_links.reset_link(person)
