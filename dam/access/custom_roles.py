"""Making, changing and retiring the roles that a brand has for itself."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from dam.accounts import members, roles
from dam.accounts.capabilities import PHRASES, AnyRole, Capability
from dam.accounts.models import CustomRole, Membership
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.core import errors, foreign_text

LONGEST_DESCRIPTION = 200
FOLLOWERS = ("provenance.review.asking.role_retired",)  # what names a role lives above: it is asked by name


class RoleRefused(errors.Refused):
    """A role can't be as it was asked for; `code` says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, code=code)


class RoleChanged(errors.Refused):
    """Somebody else has changed the role since it was read; `now` is what they have made of it."""

    code = "role_edited_meanwhile"

    def __init__(self, now: CustomRole) -> None:
        self.now = now
        super().__init__(_("Someone else changed this role while you were editing it."))


def make(*, by: Principal, name: str, description: str = "", able: Iterable[Capability]) -> CustomRole:
    """A new role of their brand. Raises RoleRefused, PermissionDenied."""
    wanted = _allowed(by, able)
    role = CustomRole(brand=by.brand, **_words(name, description), capabilities=_listed(wanted))
    with trail.recording():
        _save(role)
        trail.record(
            Verb.ROLE_CREATED,
            brand=by.brand,
            target=role.name,
            actor=by,
            data={"role": roles.key(role.value), "capabilities": role.capabilities},
        )
    return role


def edit(
    role: CustomRole,
    *,
    by: Principal,
    name: str,
    description: str,
    able: Iterable[Capability],
    revision: int,
) -> bool:
    """Change a role as it was at `revision`, for all who have it, from their next request on.

    True when anything changed. Raises RoleChanged, RoleRefused, LastAdministrator, PermissionDenied.
    """
    with trail.recording():
        row = _locked(role, by)
        if row.revision != revision:
            raise RoleChanged(row)
        wanted = _allowed(by, able)
        new: dict[str, object] = {**_words(name, description), "capabilities": _listed(wanted)}
        changes = {field: [getattr(row, field), value] for field, value in new.items()}
        changes = {field: pair for field, pair in changes.items() if pair[0] != pair[1]}
        if not changes:
            return False
        for field, value in new.items():
            setattr(row, field, value)
        row.revision += 1
        _save(row)
        members.require_administrator(row.brand)
        trail.record(
            Verb.ROLE_EDITED,
            brand=row.brand,
            target=row.name,
            actor=by,
            data={"role": roles.key(row.value), **_in_words(changes)},
        )
    return True


def retire(role: CustomRole, *, by: Principal, successor: AnyRole, at: datetime | None = None) -> int:
    """Nobody has it from now on: its people, and what names it, have the successor. How many people that are.

    Raises RoleRefused, LastAdministrator, PermissionDenied.
    """
    with trail.recording():
        row = _locked(role, by)
        if roles.key(successor) == roles.key(row.value):
            raise RoleRefused("same_role", _("Choose another role for the people who have this one."))
        roles.require_may_give(by, successor)
        moved = Membership.everyone.filter(custom_role=row).update(**roles.columns(successor))
        row.retired_at, row.replaced_by = at or timezone.now(), roles.key(successor)
        row.save(update_fields=["retired_at", "replaced_by"])
        for path in FOLLOWERS:
            import_string(path)(row, successor)
        members.require_administrator(row.brand)
        trail.record(
            Verb.ROLE_RETIRED,
            brand=row.brand,
            target=row.name,
            actor=by,
            data={"role": roles.key(row.value), "people": moved, "successor": roles.recorded(successor)},
        )
    return moved


def refusal_to_change(role: CustomRole, *, by: Principal) -> str:
    """Why this person can't change or retire the role; empty when they can."""
    if roles.key(role.value) == (roles.key(by.role) if by.role else ""):
        return _("You have this role yourself. Ask another administrator to change it.")
    if not roles.may_give(by, role.value):
        return _("This role allows more than yours, so you can't change it.")
    return ""


def _locked(role: CustomRole, by: Principal) -> CustomRole:
    by.require(Capability.MANAGE_PEOPLE, brand=role.brand)
    members.hold_people([role.brand_id])
    row = CustomRole.objects.select_for_update(of=("self",)).select_related("brand").get(pk=role.pk)
    if row.retired_at is not None:
        raise RoleRefused("retired", _("This role has been retired."))
    refusal = refusal_to_change(row, by=by)
    if refusal:
        raise PermissionDenied(refusal)
    return row


def _allowed(by: Principal, able: Iterable[Capability]) -> frozenset[Capability]:
    by.require(Capability.MANAGE_PEOPLE)
    wanted = frozenset(able) | {Capability.VIEW}  # without it no page opens
    missing = roles.beyond(by, wanted)
    if missing:
        words = ", ".join(_(PHRASES[each]) for each in missing)
        raise PermissionDenied(_("A role can't allow what yours doesn't: %(what)s.") % {"what": words})
    if Capability.VIEW_ACTIVITY in wanted and Capability.VIEW_UNRELEASED not in wanted:
        raise RoleRefused(
            "log_alone",
            _("The activity log names unreleased clips. A role that reads it must be able to see them."),
        )
    if Capability.EVIDENCE in wanted and not wanted >= {Capability.VIEW_UNRELEASED, Capability.VIEW_ACTIVITY}:
        raise RoleRefused(
            "evidence_alone",
            _(
                "An evidence pack tells of unreleased versions and of all that was done to a clip. A role "
                "that has packs made must be able to see unreleased clips and activity."
            ),
        )
    if roles.mixed(wanted):
        raise RoleRefused(
            "mixed",
            _("A role that manages the brand or its people can't decide reviews, too. Make two roles."),
        )
    return wanted


def _words(name: str, description: str) -> dict[str, str]:
    name = " ".join(foreign_text.neutral(name).split())
    description = " ".join(foreign_text.neutral(description).split())
    if not name:
        raise RoleRefused("no_name", _("Enter a name."))
    if len(name) > CustomRole.LONGEST_NAME:
        most = {"most": CustomRole.LONGEST_NAME, "has": len(name)}
        raise RoleRefused(
            "name_too_long", _("A role's name has at most %(most)s characters; this one has %(has)s.") % most
        )
    if len(description) > LONGEST_DESCRIPTION:
        most = {"most": LONGEST_DESCRIPTION, "has": len(description)}
        raise RoleRefused(
            "description_too_long",
            _("A description has at most %(most)s characters; this one has %(has)s.") % most,
        )
    if name.casefold() in {str(each).casefold() for each in roles.NAMES.values()}:
        raise RoleRefused("name_taken", _("There is a built-in role of this name. Choose another name."))
    return {"name": name, "description": description}


def _listed(wanted: Iterable[Capability]) -> list[str]:
    chosen = frozenset(wanted)
    return [each.value for each in Capability if each in chosen]


def _save(role: CustomRole) -> None:
    try:
        with transaction.atomic():
            role.save()
    except IntegrityError as problem:
        raise RoleRefused("name_taken", _("The brand has a role of this name already.")) from problem


def _in_words(changes: Mapping[str, list[object]]) -> dict[str, list[object]]:
    """The pairs as the activity log shows them: capabilities are told as words."""
    told = dict(changes)
    if "capabilities" in told:
        told["capabilities"] = [
            [str(PHRASES[Capability(each)]) for each in side if each in _KNOWN] for side in _pair(told)
        ]
    return told


_KNOWN = frozenset(each.value for each in Capability)


def _pair(told: Mapping[str, list[object]]) -> list[list[str]]:
    return [list(side) for side in told["capabilities"] if isinstance(side, list)]
