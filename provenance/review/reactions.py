"""Short answers without words: a few signs, each once for each person, on comments and their replies."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.core import errors
from dam.core.language import number
from dam.core.lazily import lazy
from provenance.review import comments
from provenance.review.models import Comment, Reaction

NAMED = 10  # people who are named at a sign; of more the number is told


class ReactionRefused(errors.Refused):
    """There is nothing any more to react to, or no such sign."""

    code = "reaction"
    message = lazy("This comment doesn't exist anymore.")


@dataclass(frozen=True)
class Sign:
    """One of the signs, and what it is called for people who don't see it."""

    text: str
    title: str


SIGNS: Mapping[str, Sign] = {
    "like": Sign("👍", lazy("Thumbs up")),
    "done": Sign("✅", lazy("Check mark")),
    "look": Sign("👀", lazy("Eyes")),
    "love": Sign("❤️", lazy("Heart")),
}


@dataclass(frozen=True)
class Shown:
    """A sign at a comment as somebody sees it: who gave it, and whether they did."""

    kind: str
    text: str
    title: str
    count: int
    who: str
    mine: bool

    @property
    def label(self) -> str:
        """What it is, and who gave it, for people who don't see it."""
        return f"{self.title}: {self.who}" if self.count else self.title


def give(comment: Comment, kind: str, *, on: bool, by: Principal, at: datetime | None = None) -> bool:
    """Give a sign, or take it back; whether that changed anything. Raises ReactionRefused, PermissionDenied.

    Pressed twice at once, it is given once.
    """
    by.require(Capability.COMMENT, brand=comment.version.brand)
    require_sign(kind)
    person, at = principals.person(by), at or timezone.now()
    with trail.recording():
        # Kept from being deleted meanwhile.
        there = Comment.objects.select_for_update(no_key=True).filter(pk=comment.pk, deleted_at=None)
        if not there.exists():
            raise ReactionRefused
        if not change(on=on, at=at, comment=comment, user=person, kind=kind):
            return False
        verb = Verb.COMMENT_REACTED if on else Verb.COMMENT_UNREACTED
        comments.record(verb, comment, by=by, at=at, data={"reaction": kind})
    return True


def require_sign(kind: str) -> None:
    """Raises ReactionRefused."""
    if kind not in SIGNS:
        raise ReactionRefused(_("Unknown reaction."))


def change(*, on: bool, at: datetime, **row: Any) -> bool:
    """Have the one row with these fields, or not; whether that changed anything."""
    if not on:
        return bool(Reaction.objects.filter(**row).delete()[0])
    return Reaction.objects.get_or_create(**row, defaults={"created_at": at})[1]


def of(
    found: Iterable[Reaction], *, user: int | None = None, link: int | None = None
) -> dict[int, list[Shown]]:
    """All signs of each comment or guest's remark that has some, as this person or guest sees them.

    Fetch `user` and `link` along.
    """
    by_target: dict[int, dict[str, list[Reaction]]] = defaultdict(lambda: defaultdict(list))
    for row in found:
        by_target[row.target][row.kind].append(row)
    return {target: _signs(kinds, user, link) for target, kinds in by_target.items()}


def none() -> list[Shown]:
    """The signs where nobody gave one."""
    return _signs({}, None, None)


def _signs(given: Mapping[str, Sequence[Reaction]], user: int | None, link: int | None) -> list[Shown]:
    return [_shown(kind, sign, given.get(kind, ()), user, link) for kind, sign in SIGNS.items()]


def _shown(kind: str, sign: Sign, rows: Sequence[Reaction], user: int | None, link: int | None) -> Shown:
    mine = any(
        (user is not None and row.user_id == user) or (link is not None and row.link_id == link)
        for row in rows
    )
    names = [row.by for row in rows]
    who = ", ".join(names[:NAMED])
    if len(names) > NAMED:
        who = _("%(names)s and %(count)s more") % {"names": who, "count": number(len(names) - NAMED)}
    return Shown(kind, sign.text, str(sign.title), len(rows), who, mine)
