"""Which rows belong to a brand: those that can't be without it, in whatever app, found from the models.

A row belongs to it by a required reference to the brand, or to something that belongs to it. People, and the
chain of the brand's events, belong to no brand in this sense: they stay when it is deleted. So does its
ledger of decisions, which is exported with it.
"""

from collections import deque
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Model, QuerySet

from dam.accounts.models import Brand, User

KEPT = ("dam.audit.models",)  # the modules whose tables stay
# The brand's tables that stay, too: the database refuses to delete of the ledger, whose timestamps prove it.
STAY = ("provenance.ledgerentry", "provenance.ledgerstamp")
Table = type[Model]


@cache
def paths() -> dict[Table, str]:
    """Each table of a brand's things, and the lookup that leads from its rows to the brand; nearest first."""
    found: dict[Table, str] = {}
    waiting: deque[tuple[Table, str]] = deque([(Brand, "")])
    while waiting:
        target, onwards = waiting.popleft()
        for model in _concrete():
            if model in found or model in (Brand, User) or model.__module__ in KEPT:
                continue
            field = next((each for each in _references(model, required=True) if _to(each) is target), None)
            if field is not None:
                found[model] = f"{field.name}__{onwards}" if onwards else field.name
                waiting.append((model, found[model]))
    return found


def rows(model: Table, brand: Brand) -> QuerySet[Any]:
    return model._base_manager.filter(**{paths()[model]: brand})


@cache
def in_order() -> tuple[Table, ...]:
    """The tables that go, each before those it refers to; in a circle one that may be empty gives way."""
    left, done = [model for model in paths() if model._meta.label_lower not in STAY], []
    while left:
        free = [model for model in left if not _referred(model, left, required_only=False)]
        free = free or [model for model in left if not _referred(model, left, required_only=True)]
        done.append(free[0])
        left.remove(free[0])
    return tuple(done)


@cache
def refers_to_itself(model: Table) -> bool:
    """Whether each of its rows refers to a row of the same table."""
    return any(_to(field) is model for field in _references(model, required=True))


@cache
def emptied_first(model: Table) -> tuple[tuple[Table, str], ...]:
    """References to this table that may be empty, in whatever table: emptied before its rows go."""
    return tuple(
        (other, field.name)
        for other in _concrete()
        for field in _references(other, required=False)
        if _to(field) is model
    )


def _referred(model: Table, left: list[Table], *, required_only: bool) -> bool:
    fields = (field for other in left if other is not model for field in _references(other))
    return any(_to(field) is model and not (required_only and field.null) for field in fields)


def _references(model: Table, *, required: bool | None = None) -> list[Any]:
    fields = [field for field in model._meta.local_fields if isinstance(field, ForeignKey)]
    return [field for field in fields if required is None or field.null is not required]


def _to(field: Any) -> Any:
    return field.remote_field.model


def _concrete() -> list[Table]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]
