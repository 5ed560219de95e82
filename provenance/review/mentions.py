"""People whom a comment names: an @ and their name, as "@Ada Lovelace, please look at this"."""

import re

from django.db.models.functions import Upper

from dam.accounts.models import Brand, User

MOST = 20  # names in one comment that are looked for: who names more speaks to everybody
MOST_WORDS = 5  # of a name
_AT = re.compile(r"(?<!\S)@(?=\S)")
_ENDS = " .,:;!?)…"


def people_in(body: str, *, brand: Brand) -> list[User]:
    """The brand's people who are named, each once; of two names that fit the longer one counts. One query.

    Whether they may see the clip is asked where they would hear of it.
    """
    named = [names for names in map(_names, _after_each_at(body)) if names][:MOST]
    if not named:
        return []
    wanted = {name.upper() for names in named for name in names}
    here = User.objects.annotate(upper=Upper("name")).filter(
        upper__in=wanted, is_active=True, memberships__brand=brand, memberships__deactivated_at=None
    )
    by_name: dict[str, list[User]] = {}
    for user in here.order_by("pk"):
        by_name.setdefault(user.name.upper(), []).append(user)
    found: dict[int, User] = {}
    for names in named:
        longest = next((name.upper() for name in names if name.upper() in by_name), None)
        found |= {user.pk: user for user in by_name.get(longest or "", ())}
    return list(found.values())


def _after_each_at(body: str) -> list[str]:
    return [body[match.end() :].split("\n", 1)[0][:200] for match in _AT.finditer(body)]


def _names(text: str) -> list[str]:
    """What may be a name at the beginning of a text, the longest first.

    >>> _names("Ada Lovelace, please")
    ['Ada Lovelace, please', 'Ada Lovelace', 'Ada']
    """
    words = text.split()[:MOST_WORDS]
    begun = [" ".join(words[:count]).rstrip(_ENDS) for count in range(len(words), 0, -1)]
    return [name for name in dict.fromkeys(begun) if name]
