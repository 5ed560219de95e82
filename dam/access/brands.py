"""Making a brand, by those who run the installation."""

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.utils.translation import gettext as _

from dam.accounts import roles
from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Membership
from dam.accounts.principals import Principal, person
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.core import errors, foreign_text


class BrandRefused(errors.Refused):
    """No brand can be made like this."""

    code = "brand_refused"


def make(*, by: Principal, slug: str, name: str) -> Brand:
    """A new brand, with whoever makes it as its administrator. Raises BrandRefused, PermissionDenied."""
    if not by.runs_installation:
        raise PermissionDenied(_("Only an installation administrator can make a brand."))
    name = " ".join(foreign_text.neutral(name).split())
    if not name:
        raise BrandRefused(_("Enter a name."))
    try:
        with trail.recording():
            brand = Brand.objects.create(slug=slug, name=name)
            Membership.objects.create(user=person(by), brand=brand, **roles.columns(Role.ADMIN))
            trail.record(Verb.BRAND_CREATED, brand=brand, target=name, actor=person(by))
    except IntegrityError as problem:
        raise BrandRefused(_("There is a brand of this name in addresses already.")) from problem
    return brand
