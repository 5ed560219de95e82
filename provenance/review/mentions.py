"""Whom a comment names: an @ and the name of a person or a group, as "@Ada Lovelace, please look at this"."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Upper

from dam.accounts.models import Brand, Group, User

LONGEST = max(User._meta.get_field("name").max_length or 0, Group.LONGEST_NAME)
_AT = re.compile(r"(?<!\S)@(?=[^\s@])")
_ENDS = ".,:;!?)…"


@dataclass(frozen=True)
class Named:
    """The keys of people who are named by their own names, and of those in each group that is: now."""

    people: tuple[int, ...] = ()
    groups: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    @property
    def everyone(self) -> tuple[int, ...]:
        """Each once."""
        return tuple(dict.fromkeys([*self.people, *(key for keys in self.groups.values() for key in keys)]))

    def recorded(self, *, author: int, before: "Named | None" = None) -> dict[str, Any]:
        """What an event's data hold of it, without what was named `before`: who hears of it, and who was in
        the groups at that time. A group of theirs doesn't name its author."""
        known = before or Named()
        told = [
            key
            for key in self.everyone
            if key not in known.everyone and (key != author or key in self.people)
        ]
        new = {key: people for key, people in self.groups.items() if key not in known.groups}
        groups = [{"id": key, "members": [*people]} for key, people in new.items()]
        return ({"mentions": told} if told else {}) | ({"mentioned_groups": groups} if groups else {})


def named_in(body: str, *, brand: Brand) -> Named:
    """The brand's people and groups that are named. Three queries at most.

    Of two names that fit the longer one counts; a person comes before a group of the same name. Capitals make
    no difference. Whether they may see the clip is asked where they would hear of it.
    """
    named = [_names(text) for text in _after_each_at(body)]
    wanted = {name for names in named for name in names}
    if not wanted:
        return Named()
    people, groups = _fitting(wanted, brand=brand)
    users: dict[int, None] = {}
    meant: dict[int, None] = {}
    for names in named:
        uppers = (name.upper() for name in names)
        longest = next((name for name in uppers if name in people or name in groups), "")
        users |= dict.fromkeys(people.get(longest, ()))
        if longest not in people:
            meant |= dict.fromkeys(groups.get(longest, ()))
    return Named(tuple(users), _members(meant, brand=brand) if meant else {})


def without(body: str, *, brand: Brand) -> str:
    """The words without the names of the brand's people and groups that they are addressed to."""
    named = [_names(text) for text in _after_each_at(body)]
    wanted = {name for names in named for name in names}
    if not wanted:
        return body
    people, groups = _fitting(wanted, brand=brand)
    for names in named:
        longest = next((name for name in names if name.upper() in people or name.upper() in groups), None)
        if longest is not None:
            written = r"\s+".join(map(re.escape, longest.split()))
            # To the name's end: "@Sam" is no part of "@Samantha".
            named_so = rf"(?<!\S)@{written}[{re.escape(_ENDS)}]*(?=[\s@]|$)\s*"
            body = re.sub(named_so, "", body, count=1)
    return body.strip()


def _fitting(wanted: Collection[str], *, brand: Brand) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    """The brand's people and groups of these names, by their name in capitals."""
    # As it was typed, too: databases make capitals of fewer letters than Python does.
    fits = Q(name__in=wanted) | Q(upper__in={name.upper() for name in wanted})
    people = _by_name(_here(brand).annotate(upper=Upper("name")).filter(fits))
    return people, _by_name(Group.objects.filter(brand=brand).annotate(upper=Upper("name")).filter(fits))


def _by_name(rows: QuerySet[Any]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for key, name in rows.order_by("pk").values_list("pk", "name"):
        found.setdefault(name.upper(), []).append(key)
    return found


def _here(brand: Brand) -> QuerySet[User]:
    return User.objects.filter(is_active=True, memberships__brand=brand, memberships__deactivated_at=None)


def _members(groups: Collection[int], *, brand: Brand) -> dict[int, tuple[int, ...]]:
    found: dict[int, list[int]] = {key: [] for key in groups}
    rows = _here(brand).filter(people_groups__in=groups).order_by("pk").values_list("people_groups", "pk")
    for group, user in rows.distinct():
        found[group].append(user)
    return {key: tuple(users) for key, users in found.items()}


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
