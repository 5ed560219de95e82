"""Whose account an administrator may open or change: those alone whom they could let in anew anyway."""

from django.utils.translation import gettext as _

from dam.accounts import roles
from dam.accounts.models import Membership, User
from dam.accounts.principals import Member


def refusal(person: User, *, by: Member) -> str:
    """Why this person's account isn't in their care, in a sentence; empty where it is.

    Somebody who works in other brands, too, or runs the installation, is for its administrators.
    """
    if by.runs_installation:
        return ""
    row = Membership.objects.select_related("custom_role").filter(user=person, brand=by.brand).first()
    if row is None:
        return _("This person isn't a member of the brand.")
    if person.is_superuser or Membership.everyone.filter(user=person).exclude(brand=by.brand).exists():
        return _("This person isn't only in this brand. Ask an installation administrator.")
    if not roles.may_give(by, row.given):
        return _("Your role can't change people with this role.")
    return ""
