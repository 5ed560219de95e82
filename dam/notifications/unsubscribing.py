"""What the address in a mail turns off: the kinds that the mail was about, in its brand."""

from django.utils.translation import gettext as _

from dam.accounts import unsubscribes
from dam.accounts.models import Brand, User
from dam.notifications import choices, wording
from dam.notifications.kinds import KINDS


def register() -> None:
    unsubscribes.register(turn_off)


def turn_off(user: User, kind: str) -> str:
    """`kind` is a brand's number and names of kinds: "7/commented,decided". Returns what they are called."""
    number, _slash, names = kind.partition("/")
    known = [name for name in names.split(",") if name in KINDS]
    brand = Brand.objects.filter(pk=int(number)).first() if number.isdecimal() else None
    if brand is None or not known:
        return _("Notifications")
    choices.stop_mail(user_id=user.pk, brand_id=brand.pk, names=known)
    titles = ", ".join(str(wording.TITLES[name][0]) for name in known)
    return _("%(kinds)s in %(brand)s") % {"kinds": titles, "brand": brand.name}
