"""What the address in a mail turns off: the kinds that the mail was about, in its brand."""

from django.utils.translation import gettext as _

from dam.accounts import unsubscribes
from dam.accounts.models import Brand, User
from dam.core import numbers
from dam.notifications import choices, wording
from dam.notifications.kinds import KINDS


def register() -> None:
    unsubscribes.register(turn_off)


def turn_off(user: User, kind: str) -> str:
    """`kind` is a brand's number and names of kinds: "7/commented,decided". Returns what they are called."""
    text, _slash, names = kind.partition("/")
    known = [name for name in names.split(",") if name in KINDS]
    number = numbers.read(text)
    brand = Brand.objects.filter(pk=number).first() if number is not None else None
    if brand is None or not known:
        return _("Notifications")
    choices.stop_mail(user_id=user.pk, brand_id=brand.pk, names=known)
    titles = ", ".join(str(wording.TITLES[name][0]) for name in known)
    return _("%(kinds)s in %(brand)s") % {"kinds": titles, "brand": brand.name}
