"""What stands for a person whose data was removed, or who isn't to be named in a signed file. Pure.

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
    return _("Former member %(digits)s") % {"digits": _digits(reference.rpartition(" ")[2])}


def of_reviewer(number: int) -> str:
    """What a signed file calls them, in English wherever it is read; the digits are those of `of_person`.

    >>> of_reviewer(12)
    'Reviewer 613365'
    """
    return f"Reviewer {_digits(f'user:{number}')}"


def _digits(person: str) -> str:
    return hashlib.sha256(person.encode()).hexdigest()[:_DIGITS]
