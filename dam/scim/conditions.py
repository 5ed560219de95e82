"""Filters and orders of SCIM (RFC 7644, 3.4.2) as conditions of the database.

None stands for what only the resources themselves can answer, such as the parts of a name: that is asked of
each in Python (storage.py). Whatever a directory asks of groups is here.
"""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Model, Q
from django.db.models.functions import Lower
from scim2_models.path import (
    AttrPath,
    CompareOperator,
    Comparison,
    FilterNode,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
)

from dam.scim.models import ScimGroup, ScimUser

Op = CompareOperator
Condition = Callable[[Op, Any], Q | None]
ALWAYS, NEVER = ~Q(pk__in=[]), Q(pk__in=[])
_IN_TEXT = {Op.eq: "exact", Op.co: "contains", Op.sw: "startswith", Op.ew: "endswith"}
_OF_MOMENTS = {Op.eq: "exact", Op.gt: "gt", Op.ge: "gte", Op.lt: "lt", Op.le: "lte"}


def condition(node: FilterNode, model: type[Model]) -> Q | None:
    match node:
        case Comparison():
            return _compared(_name(node.attr_path), node.op, node.value, model)
        case Present():
            return _present(_name(node.attr_path), model)
        case Not():
            inner = condition(node.expr, model)
            return None if inner is None else ~inner
        case LogicalExpr():
            return _joined(node, model)
        case ValuePath() if isinstance(node.val_filter, Comparison):
            inside = node.val_filter
            if inside.op is not Op.eq:  # of one value, which isn't what it means of all of them
                return None
            name = f"{_name(node.attr_path)}.{_name(inside.attr_path)}"
            return _compared(name, inside.op, inside.value, model)
    return None


def order(sort_by: Any, model: type[Model], *, descending: bool) -> list[Any] | None:
    """What to order by; None for an attribute that isn't a column."""
    known = {"": "created_at", "id": "pk", "meta.created": "created_at", "meta.lastmodified": "changed_at"}
    named: dict[str, Any] = {**known, _NAMES[model].lower(): Lower(_COLUMN[model])}
    column = named.get(str(sort_by or "").lower())
    if column is None:
        return None
    if not sort_by or not descending:
        return [column, "pk"]
    return [column.desc() if isinstance(column, Lower) else f"-{column}", "pk"]


def _name(path: AttrPath) -> str:
    """Of an attribute in lower case; "" for one that says which schema it is of."""
    return "" if path.uri else f"{path.attr}.{path.sub_attr}".lower() if path.sub_attr else path.attr.lower()


def _joined(node: LogicalExpr, model: type[Model]) -> Q | None:
    whole: Q | None = None
    for term in node.terms:
        each = condition(term, model)
        if each is None:
            return None
        both = node.op is LogicalOperator.and_
        whole = each if whole is None else (whole & each if both else whole | each)
    return whole


def _compared(name: str, op: Op, value: Any, model: type[Model]) -> Q | None:
    known = _ATTRIBUTES[model].get(name)
    if known is None:
        return None
    if op is Op.ne:
        same = known(Op.eq, value)
        return None if same is None else ~same
    return known(op, value)


def _present(name: str, model: type[Model]) -> Q | None:
    if name == "externalid":
        return ~Q(external_id="")
    if name in ("members", "members.value") and model is ScimGroup:
        return Q(pk__in=ScimGroup.members.through.objects.values("scimgroup"))
    if name in ("groups", "groups.value") and model is ScimUser:
        return Q(pk__in=ScimGroup.members.through.objects.values("scimuser"))
    return ALWAYS if name in ("id", _NAMES[model].lower(), "meta.created", "meta.lastmodified") else None


def _text(column: str, *, exact: bool = False) -> Condition:
    def asked(op: Op, value: Any) -> Q | None:
        lookup = _IN_TEXT.get(op)
        if lookup is None or not isinstance(value, str) or "\0" in value:
            return None
        if not value:
            return None  # what nothing is, is for the resources to say
        return Q(**{f"{column}__{'' if exact else 'i'}{lookup}": value})

    return asked


def _number(op: Op, value: Any) -> Q | None:
    key = _uuid(value)
    return (Q(pk=key) if key else NEVER) if op is Op.eq else None


def _moment(column: str) -> Condition:
    def asked(op: Op, value: Any) -> Q | None:
        lookup = _OF_MOMENTS.get(op)
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        except ValueError:
            return None
        if lookup is None or not isinstance(moment, datetime) or moment.tzinfo is None:
            return None
        return Q(**{f"{column}__{lookup}": moment})

    return asked


def _active(op: Op, value: Any) -> Q | None:
    return Q(active=value) if op is Op.eq and isinstance(value, bool) else None


def _of_members(mine: str, other: str) -> Condition:
    """Groups by a member, or people by a group."""

    def asked(op: Op, value: Any) -> Q | None:
        if op is not Op.eq:
            return None
        key = _uuid(value)
        through = ScimGroup.members.through.objects.filter(**{other: key})
        return Q(pk__in=through.values(mine)) if key else NEVER

    return asked


def _uuid(value: Any) -> uuid.UUID | None:
    """As ids are written; another spelling of the same number is none."""
    try:
        number = uuid.UUID(value)
    except (ValueError, AttributeError, TypeError):
        return None
    return number if str(number) == value else None


_NAMES: dict[type[Model], str] = {ScimUser: "userName", ScimGroup: "displayName"}
_COLUMN: dict[type[Model], str] = {ScimUser: "user_name", ScimGroup: "display_name"}
_COMMON: dict[str, Condition] = {
    "id": _number,
    "externalid": _text("external_id", exact=True),
    "meta.created": _moment("created_at"),
    "meta.lastmodified": _moment("changed_at"),
}
_ATTRIBUTES: dict[type[Model], dict[str, Condition]] = {
    ScimUser: {
        **_COMMON,
        "username": _text("user_name"),
        "active": _active,
        "groups.value": _of_members("scimuser", "scimgroup"),
    },
    ScimGroup: {
        **_COMMON,
        "displayname": _text("display_name"),
        "members": _of_members("scimgroup", "scimuser"),
        "members.value": _of_members("scimgroup", "scimuser"),
    },
}
