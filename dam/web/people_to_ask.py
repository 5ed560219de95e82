"""Who of a brand can take a step: a few people by name, for a program the roles. Looked up once a request."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, QuerySet, Value, Window
from django.utils.module_loading import import_string

from dam.accounts import capabilities, principals, roles
from dam.accounts.capabilities import AnyRole, Capability
from dam.accounts.models import Brand, Membership, User
from dam.accounts.principals import Principal, Token
from dam.catalog.models import Version
from dam.rights.way_to_yes import Who

WAITS_FOR = "provenance.review.waiting.of"  # whom a review asks; it stands above
MOST = 3  # names

_Needed = Capability | Who


@dataclass(frozen=True)
class Able:
    """`names` are the first few of `count`: people, or `roles`. `made_it`: the version's creator alone."""

    names: tuple[str, ...] = ()
    count: int = 0
    roles: bool = False
    made_it: bool = False


@dataclass(frozen=True)
class Waiting:
    since: datetime
    able: Able


class People:
    """For whoever asks, in one brand. Kept for a request and no longer."""

    def __init__(self, brand: Brand, *, by: Principal) -> None:
        self._brand = brand
        self._by_role = isinstance(by, Token)
        self._found: dict[tuple[_Needed, int], Able] = {}
        self._waiting: dict[UUID, Waiting | None] = {}
        self._held: list[AnyRole] | None = None

    def of(self, version: Version, needed: Collection[_Needed]) -> Mapping[_Needed, Able]:
        """One query, however many there are, for those that weren't asked about before."""
        keys = {each: (each, version.created_by_id if each == Who.CREATOR else 0) for each in needed}
        if self._by_role:
            return {each: self._roles(each) for each in keys}
        if missing := [key for key in keys.values() if key not in self._found]:
            self._found |= _few({key: self._rows(key[0]) for key in missing}, made_by=version.created_by_id)
        return {each: self._found[key] for each, key in keys.items()}

    def waiting(self, version: Version, *, at: datetime) -> Waiting | None:
        """Whom its open review waits for; for a program no one who was named for it."""
        if version.pk not in self._waiting:
            self._waiting[version.pk] = self._asked(version, at=at)
        return self._waiting[version.pk]

    def _asked(self, version: Version, *, at: datetime) -> Waiting | None:
        found: Any = import_string(WAITS_FOR)(version, at=at)
        if found is None:
            return None
        if self._by_role:
            able = self._roles(found.capability) if found.people is None else Able(roles=True)
            return Waiting(found.since, able)
        rows = principals.having(self._brand, found.capability).exclude(user__in=found.not_asked)
        if found.people is not None:
            rows = rows.filter(user__in=found.people)
        key = (found.capability, 0)
        return Waiting(found.since, _few({key: rows}, made_by=0)[key])

    def _rows(self, needed: _Needed) -> QuerySet[Membership]:
        if needed == Who.INSTALLATION:
            return Membership.objects.filter(brand=self._brand, user__is_active=True, user__is_superuser=True)
        return principals.having(self._brand, _capability(needed))

    def _roles(self, needed: _Needed) -> Able:
        if needed == Who.INSTALLATION:
            return Able(roles=True)
        if self._held is None:
            self._held = principals.roles_held(self._brand)
        wanted = _capability(needed)
        names = [roles.name(each) for each in self._held if wanted in capabilities.of_role(each)]
        return Able(tuple(names[:MOST]), len(names), roles=True)


def _capability(needed: _Needed) -> Capability:
    return needed if isinstance(needed, Capability) else Capability.UPLOAD


def _few(
    asked: Mapping[tuple[_Needed, int], QuerySet[Membership]], *, made_by: int
) -> dict[tuple[_Needed, int], Able]:
    """The first few of each and how many there are, in one query. The creator stands first where asked."""
    keys = list(asked)
    parts = [
        asked[key]
        .annotate(
            place=Value(place),
            made=ExpressionWrapper(Q(user=made_by), BooleanField())
            if key[0] == Who.CREATOR
            else Value(value=False),
            of_all=Window(Count("pk")),
        )
        .order_by(F("made").desc(), "pk")
        .values("place", "made", "of_all", "user_id", "user__name", "user__email", "user__erased_at")[:MOST]
        for place, key in enumerate(keys)
    ]
    found: dict[int, list[dict[str, Any]]] = {place: [] for place in range(len(keys))}
    rows: Any = parts[0].union(*parts[1:], all=True)
    for row in rows:
        found[row["place"]].append(row)
    return {key: _able(found[place]) for place, key in enumerate(keys)}


def _able(rows: list[dict[str, Any]]) -> Able:
    if rows and rows[0]["made"]:
        return Able((_name(rows[0]),), 1, made_it=True)
    return Able(tuple(_name(row) for row in rows), rows[0]["of_all"] if rows else 0)


def _name(row: dict[str, Any]) -> str:
    person = {name: row[f"user__{name}"] for name in ("name", "email", "erased_at")}
    return str(User(pk=row["user_id"], **person))
