"""The people and groups of one brand, as scim2-server reads and writes them."""

import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from scim2_models import (
    ForbiddenException,
    InvalidValueException,
    Meta,
    NotFoundException,
    PreconditionFailedException,
    ResourceType,
    ResponseParameters,
    SearchRequest,
    UniquenessException,
)
from scim2_server.storage import ScimStorage, SearchPage

from dam.accounts import members
from dam.accounts.models import Membership
from dam.audit import trail
from dam.scim import conditions, mirror, people
from dam.scim.models import ScimGroup, ScimToken, ScimUser
from dam.scim.resources import Group, User

Row = ScimUser | ScimGroup
Thing = User | Group


class BrandStorage(ScimStorage):
    """Whoever has the token sees and changes these alone, and is told of an account what it said itself."""

    def __init__(self, token: ScimToken) -> None:
        self.token = token
        self.brand = token.brand

    @contextmanager
    def operation(self) -> Iterator[None]:
        with trail.recording():
            members.hold_people([self.brand.pk])
            yield

    def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Thing:
        return _resource(self._row(resource_type, resource_id))

    def search(
        self,
        resource_types: list[ResourceType],
        search_request: SearchRequest[Any],
        *,
        position: Any = None,
    ) -> SearchPage:
        """A page of them, from the database. What conditions.py can't ask is asked of each resource here."""
        start = search_request.start_index_0 or 0
        stop = None if search_request.count is None else start + search_request.count
        rows = self._asked(resource_types, search_request)
        if rows is not None:
            return SearchPage(total=rows.count(), resources=[_resource(row) for row in rows[start:stop]])
        asked = search_request.filter
        found = [
            thing
            for resource_type in resource_types
            for thing in map(_resource, self._rows(str(resource_type.name)).order_by("created_at", "pk"))
            if asked is None or asked.match(thing)
        ]
        descending = search_request.sort_order == SearchRequest.SortOrder.descending
        found.sort(key=_order(search_request), reverse=bool(search_request.sort_by and descending))
        return SearchPage(total=len(found), resources=list(found[start:stop]))

    def _asked(self, resource_types: list[ResourceType], search_request: SearchRequest[Any]) -> Any:
        """The rows in question, filtered and in order; None where the database can't say."""
        if len(resource_types) != 1:
            return None
        rows = self._rows(str(resource_types[0].name))
        descending = search_request.sort_order == SearchRequest.SortOrder.descending
        order = conditions.order(search_request.sort_by, rows.model, descending=descending)
        wanted: Q | None = conditions.ALWAYS
        if search_request.filter is not None:
            wanted = conditions.condition(search_request.filter.ast, rows.model)
        return None if order is None or wanted is None else rows.filter(wanted).order_by(*order)

    def create(self, resource_type: ResourceType, resource: Any) -> Thing:
        if isinstance(resource, Group):
            return _resource(self._keep_group(ScimGroup(brand=self.brand), resource))
        address = _address(resource)
        try:
            user = people.account(self.token, address=address, name=_name(resource))
        except people.Unusable as problem:
            raise InvalidValueException(detail=str(problem)) from problem
        if ScimUser.objects.filter(brand=self.brand, user=user).exists():
            raise UniquenessException(detail="The directory has a user with this address already.")
        return _resource(self._keep_user(ScimUser(brand=self.brand, user=user), resource))

    def update(
        self, resource_type: ResourceType, resource: Any, *, expected_version: str | None = None
    ) -> Thing:
        row = self._row(resource_type, str(resource.id), locked=True)
        _require_version(row, expected_version)
        row.revision += 1
        row.changed_at = timezone.now()
        if isinstance(row, ScimGroup):
            return _resource(self._keep_group(row, resource))
        return _resource(self._keep_user(row, resource))

    def delete(
        self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None
    ) -> None:
        row = self._row(resource_type, resource_id, locked=True)
        _require_version(row, expected_version)
        if isinstance(row, ScimGroup):
            were = list(row.members.all())
            mirror.drop(row)
            row.delete()
            self._follow(were)
        else:
            row.active = False
            self._follow([row])
            mirror.leave(row)
            row.delete()

    def _row(self, resource_type: ResourceType, resource_id: str, *, locked: bool = False) -> Row:
        rows = self._rows(str(resource_type.name))
        try:
            number = uuid.UUID(resource_id)
        except ValueError:
            number = uuid.UUID(int=0)
        found = (rows.select_for_update(of=("self",)) if locked else rows).filter(pk=number).first()
        if found is None:
            raise NotFoundException(detail=f"{resource_type.name} {resource_id!r} not found")
        row: Row = found
        return row

    def _rows(self, name: str) -> Any:
        if name == "Group":
            return ScimGroup.objects.filter(brand=self.brand).prefetch_related("members")
        users = ScimUser.objects.filter(brand=self.brand).select_related("user")
        return users.prefetch_related("groups")

    def _keep_user(self, row: ScimUser, said: User) -> ScimUser:
        row.user_name = _whole(row, "user_name", said.user_name)
        row.external_id = _whole(row, "external_id", said.external_id)
        row.active = said.active is not False
        # Who is not told to be inactive is active; the answer says no more than was told.
        row.attributes = said.model_dump(mode="json", include={"name", "display_name", "emails", "active"})
        _unique(row.save)
        self._follow([row])
        again: ScimUser = self._again(row)
        return again

    def _keep_group(self, row: ScimGroup, said: Group) -> ScimGroup:
        wanted = {str(each.value) for each in said.members or ()}
        before = set(row.members.all()) if not row._state.adding else set()
        now = set(ScimUser.objects.filter(brand=self.brand, pk__in=_numbers(wanted)))
        if len(now) != len(wanted):
            raise InvalidValueException(detail="A member of the group isn't a user of this brand.")
        renamed = row.display_name != said.display_name
        row.display_name = _whole(row, "display_name", said.display_name)
        row.external_id = _whole(row, "external_id", said.external_id)
        _unique(row.save)
        row.members.set(now)
        mirror.follow(row)
        self._follow(before | now if renamed else before ^ now)
        again: ScimGroup = self._again(row)
        return again

    def _follow(self, rows: Iterable[ScimUser]) -> None:
        for row in sorted(rows, key=lambda each: each.pk):
            people.follow(row, token=self.token)
            if not row.active and Membership.objects.filter(user=row.user_id, brand=self.brand).exists():
                raise ForbiddenException(
                    detail="This is the brand's last administrator. Make someone else one first."
                )

    def _again(self, row: Any) -> Any:
        """As it is kept, with what hangs on it."""
        return self._rows("Group" if isinstance(row, ScimGroup) else "User").get(pk=row.pk)


def _resource(row: Row) -> Thing:
    meta = Meta(
        resource_type="Group" if isinstance(row, ScimGroup) else "User",
        created=row.created_at,
        last_modified=row.changed_at,
        version=_version(row),
    )
    common: dict[str, Any] = {"id": str(row.pk), "externalId": row.external_id or None}
    if isinstance(row, ScimGroup):
        people_of_it = sorted(row.members.all(), key=lambda each: each.user_name)
        members = [{"value": str(each.pk), "$ref": f"Users/{each.pk}"} for each in people_of_it]
        said = {**common, "displayName": row.display_name, "members": members or None}
        group = Group.model_validate({"schemas": [str(Group.__schema__)], **_told(said)})
        group.meta = meta
        return group
    groups = [
        {"value": str(each.pk), "$ref": f"Groups/{each.pk}", "display": each.display_name}
        for each in row.groups.all()
    ]
    told = {**common, "userName": row.user_name, "groups": groups or None}
    user = User.model_validate({"schemas": [str(User.__schema__)], **row.attributes, **_told(told)})
    user.meta = meta
    return user


def _whole(row: Row, column: str, said: str | None) -> str:
    """What is written in a column. Nothing is cut: the directory would look for it in vain."""
    most: int = row._meta.get_field(column).max_length  # type: ignore[union-attr, assignment]
    if said and len(said) > most:
        raise InvalidValueException(detail=f"This value has {len(said)} characters; at most {most} are kept.")
    return said or ""


def _told(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value is not None}


def _order(search_request: SearchRequest[Any]) -> Callable[[Any], tuple[bool, Any, str]]:
    def key(thing: Any) -> tuple[bool, Any, str]:
        value = search_request.sort_value(thing) if search_request.sort_by else thing.meta.created
        return value is None, "" if value is None else value, str(thing.id)

    return key


def _version(row: Row) -> str:
    return f'W/"{row.revision}"'


def _require_version(row: Row, expected: str | None) -> None:
    if expected is not None and expected != _version(row):
        raise PreconditionFailedException


def _unique(save: Callable[[], None]) -> None:
    try:
        with transaction.atomic():
            save()
    except IntegrityError as problem:
        raise UniquenessException(detail="This name is taken in the directory.") from problem


def _numbers(texts: Iterable[str]) -> list[uuid.UUID]:
    found = []
    for text in texts:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found


def _address(said: User) -> str:
    """The account's: the primary address, else the first."""
    told = [each for each in said.emails or () if each.value]
    chosen = next((each for each in told if each.primary), told[0] if told else None)
    if chosen is None:
        raise InvalidValueException(detail="A user needs an email address: userName or emails.")
    return str(chosen.value).strip().lower()


def _name(said: User) -> str:
    parts: list[str | None] = [said.name.given_name, said.name.family_name] if said.name else []
    whole = " ".join(part for part in parts if part)
    return said.display_name or (said.name.formatted if said.name else "") or whole or ""
