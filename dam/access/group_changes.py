"""Making, renaming and deleting the groups of a brand, and who is in one (read in dam/accounts/groups.py)."""

from collections.abc import Collection

from django.db import IntegrityError
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.models import Group, User
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.core import errors


class GroupRefused(errors.Refused):
    """There can't be such a group."""

    code = "group"


def create(name: str, *, by: Principal, members: Collection[User] = ()) -> Group:
    """Raises GroupRefused, PermissionDenied."""
    by.require(Capability.MANAGE_PEOPLE)
    with trail.recording():
        try:
            with trail.recording():
                group = Group.objects.create(brand=by.brand, name=_name(name))
        except IntegrityError as error:
            raise _taken(name) from error
        chosen = _of_brand(by, members)
        group.members.set(chosen)
        data = {"people": len(chosen)}
        trail.record(Verb.GROUP_CREATED, brand=by.brand, target=group.name, actor=by, data=data)
    return group


def change(group: Group, *, name: str, members: Collection[User], by: Principal) -> None:
    """Give it this name and these people. Raises GroupRefused, PermissionDenied."""
    by.require(Capability.MANAGE_PEOPLE, brand=group.brand)
    with trail.recording():
        group = Group.objects.select_for_update().get(pk=group.pk)
        before, after = group.name, _name(name)
        try:
            with trail.recording():
                Group.objects.filter(pk=group.pk).update(name=after)
        except IntegrityError as error:
            raise _taken(name) from error
        were, are = set(group.members.all()), set(_of_brand(by, members))
        group.members.set(are)
        data: dict[str, object] = {"added": len(are - were), "removed": len(were - are)}
        if before != after:
            data["name"] = [before, after]
        if before != after or were != are:
            trail.record(Verb.GROUP_CHANGED, brand=by.brand, target=after, actor=by, data=data)


def delete(group: Group, *, by: Principal) -> None:
    by.require(Capability.MANAGE_PEOPLE, brand=group.brand)
    with trail.recording():
        deleted, _rows = Group.objects.filter(pk=group.pk).delete()
        if deleted:
            trail.record(Verb.GROUP_DELETED, brand=by.brand, target=group.name, actor=by)


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise GroupRefused(_("Enter a name for the group."), code="no_name")
    if len(name) > Group.LONGEST_NAME:
        raise GroupRefused(
            _("A group's name has at most %(most)s characters.") % {"most": Group.LONGEST_NAME},
            code="name_too_long",
        )
    return name


def _taken(name: str) -> GroupRefused:
    return GroupRefused(_("There is a group “%(name)s” already.") % {"name": name}, code="name_taken")


def _of_brand(by: Principal, members: Collection[User]) -> list[User]:
    """Those of them who are in the brand."""
    rows = User.objects.filter(memberships__brand=by.brand, memberships__deactivated_at=None)
    return list(rows.filter(pk__in=[user.pk for user in members]))
