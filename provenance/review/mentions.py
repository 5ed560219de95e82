"""People whom a comment names: an @ and their name, as "@Ada Lovelace, please look at this"."""

import re

from django.db.models import Q
from django.db.models.functions import Upper

from dam.accounts.models import Brand, User

LONGEST = User._meta.get_field("name").max_length or 0
_AT = re.compile(r"(?<!\S)@(?=[^\s@])")
_ENDS = ".,:;!?)…"


def people_in(body: str, *, brand: Brand) -> list[User]:
    """The brand's people who are named, each once; of two names that fit the longer one counts. One query.

    Capitals make no difference. Whether they may see the clip is asked where they would hear of it.
    """
    named = [_names(text) for text in _after_each_at(body)]
    wanted = {name for names in named for name in names}
    if not wanted:
        return []
    # As it was typed, too: databases make capitals of fewer letters than Python does.
    fits = Q(name__in=wanted) | Q(upper__in={name.upper() for name in wanted})
    here = User.objects.annotate(upper=Upper("name")).filter(
        fits, is_active=True, memberships__brand=brand, memberships__deactivated_at=None
    )
    by_name: dict[str, list[User]] = {}
    for user in here.order_by("pk"):
        by_name.setdefault(user.name.upper(), []).append(user)
    found: dict[int, User] = {}
    for names in named:
        longest = next((name.upper() for name in names if name.upper() in by_name), "")
        found |= {user.pk: user for user in by_name.get(longest, ())}
    return list(found.values())


def _after_each_at(body: str) -> list[str]:
    """What follows each @, to the next one or the end of its line."""
    ends = re.compile(r"[@\n]|$")
    return [body[at.end() : ends.search(body, at.end()).start()] for at in _AT.finditer(body)]  # type: ignore[union-attr]


def _names(text: str) -> list[str]:
    """What may be a name at the beginning of a text, the longest first.

    >>> _names("Sam Davis Jr., look")
    ['Sam Davis Jr., look', 'Sam Davis Jr.,', 'Sam Davis Jr.', 'Sam Davis Jr', 'Sam Davis', 'Sam']
    """
    words = text[: LONGEST + 1].split()
    names: dict[str, None] = {}
    for count in range(len(words), 0, -1):
        name = " ".join(words[:count])
        while name:
            names[name] = None
            name = name[:-1] if name[-1] in _ENDS else ""
    return [name for name in names if len(name) <= LONGEST]
