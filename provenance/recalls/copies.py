"""Who took what: the downloads of a version, brought together by person. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Download:
    """The downloads of one file for one use and place by one principal, as the activity log has them.

    `reference` is an Event's: "user:12", "token:3 user:12", "guest:5", "guest_link:5" of an outside reviewer.
    """

    reference: str
    format: str  # a preset's name; "" is the release itself
    use: str  # "" is not said
    territory: str
    times: int
    last: datetime
    marked: bool = False  # an outside reviewer's copy, with their name all over it


@dataclass
class Copies:
    """What one person took, themselves or by their tokens."""

    reference: str  # "user:12", "guest:5" or "guest_link:5"
    taken: list[Download] = field(default_factory=list)

    @property
    def user_id(self) -> int | None:
        kind, _, number = self.reference.partition(":")
        return int(number) if kind == "user" else None

    @property
    def last(self) -> datetime:
        """When they last took one."""
        return max(each.last for each in self.taken)

    def kept(self) -> list[dict[str, object]]:
        """As JSON, the newest first."""
        newest_first = sorted(self.taken, key=lambda each: each.last, reverse=True)
        return [
            {
                "format": each.format,
                "use": each.use,
                "territory": each.territory,
                "times": each.times,
                "last": each.last.isoformat(),
                "token": token_of(each.reference),
            }
            | ({"marked": True} if each.marked else {})
            for each in newest_first
        ]


def by_person(
    downloads: Iterable[Download], *, down: Mapping[str, datetime] | None = None
) -> Mapping[str, Copies]:
    """Each person once, by their reference; what a token took, its owner took.

    `down` says until when what a person took is down already.
    """
    found: dict[str, Copies] = {}
    for each in downloads:
        person = person_of(each.reference)
        until = (down or {}).get(person)
        if person and (until is None or each.last > until):
            found.setdefault(person, Copies(person)).taken.append(each)
    return found


def person_of(reference: str) -> str:
    """Who answers for it: "user:12" of "token:3 user:12"; "" where nobody is named."""
    whose = reference.split(" ")[-1]
    kind, _, number = whose.partition(":")
    answers = kind in ("user", "guest", "guest_link") and number.isascii() and number.isdecimal()
    return whose if answers else ""


def token_of(reference: str) -> int | None:
    kind, _, number = reference.split(" ")[0].partition(":")
    return int(number) if kind == "token" and number.isascii() and number.isdecimal() else None
