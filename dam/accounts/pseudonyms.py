"""What stands for a person whose data was removed. Pure.

It is made of their number alone, which the activity log keeps: whoever reads two events of one former member
can tell that they are of the same, and not who that was.
"""

import hashlib

from django.utils.translation import gettext as _

_DIGITS = 6


def of_person(number: int) -> str:
    """
    >>> of_person(12)
    'Former member 613365'
    """
    return of_reference(f"user:{number}")


def of_reference(reference: str) -> str:
    """The same for what an event calls its actor: "user:12", "token:3 user:12"."""
    person = reference.rpartition(" ")[2]
    digits = hashlib.sha256(person.encode()).hexdigest()[:_DIGITS]
    return _("Former member %(digits)s") % {"digits": digits}
