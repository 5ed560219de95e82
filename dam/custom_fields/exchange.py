"""The fields of a brand as JSON: to keep, to compare, to bring into another brand or installation."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from dam.accounts.principals import Principal
from dam.audit import trail
from dam.core import errors
from dam.custom_fields import fields
from dam.custom_fields.definitions import Field, Kind, Schema
from dam.custom_fields.models import CustomField
from dam.custom_fields.planning import FieldRefused, OptionWish, Wish

FORMAT = 1
_KINDS = frozenset(kind.value for kind in Kind)


class NotFields(errors.Refused):
    """What was given isn't a file of fields; nothing was changed."""

    code = "not_fields"


@dataclass(frozen=True)
class Outcome:
    """What became, or would become, of a field of the file."""

    key: str
    what: str  # "made", "changed" or "same"


class _Back(Exception):
    """Takes a dry run back."""


def exported(known: Schema) -> dict[str, Any]:
    """All of a brand's fields, retired ones among them."""
    return {"format": FORMAT, "fields": [_written(field) for field in known.fields]}


def _written(field: Field) -> dict[str, Any]:
    written: dict[str, Any] = {
        "key": field.key,
        "title": field.title,
        "kind": field.kind.value,
        "help": field.help,
        "required": field.required,
        "default": list(field.default),
        "in_filters": field.in_filters,
        "retired": field.retired,
        "clip_kinds": sorted(field.clip_kinds),
    }
    if field.chooses:
        written["depends_on"] = field.depends_on
        written["options"] = [
            {
                "key": option.key,
                "label": option.label,
                "retired": option.retired,
                "only_with": sorted(option.only_with),
            }
            for option in field.options
        ]
    return written


def bring_in(data: object, *, by: Principal, dry_run: bool = False) -> list[Outcome]:
    """Make the fields of a file, and change those that are there under the same key; all or none.

    Fields that it doesn't name stay as they are, and its order is put before them. With `dry_run` all is
    tried and nothing is kept. Raises NotFields, FieldRefused, PermissionDenied.
    """
    entries = _entries(data)
    was, became = by.brand.fields_at, dict.fromkeys((entry["key"] for entry in entries), "")
    try:
        with trail.recording():
            parents_first = _parents_first(entries)
            for entry in parents_first:
                became[entry["key"]] = _put(entry, by=by)
            for entry in reversed(parents_first):  # one that others depend on is retired after them
                if entry.get("retired") and _retire(entry["key"], by=by):
                    became[entry["key"]] = became[entry["key"]].replace("same", "changed")
            fields.order([entry["key"] for entry in entries], by=by)
            if dry_run:
                raise _Back
    except BaseException as problem:
        by.brand.fields_at = was
        if not isinstance(problem, _Back):
            raise
    return [Outcome(key, what) for key, what in became.items()]


def _parents_first(entries: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Each behind what it depends on, wherever the file has the two; a circle is refused as it is made."""
    waiting, in_turn = entries, list[Mapping[str, Any]]()
    while waiting:
        ahead = {entry["key"] for entry in waiting}
        free = [entry for entry in waiting if entry.get("depends_on") not in ahead]
        in_turn += free or waiting
        waiting = [entry for entry in waiting if entry.get("depends_on") in ahead] if free else []
    return in_turn


@contextmanager
def _naming(key: str) -> Iterator[None]:
    """A refusal says of which field it is."""
    try:
        yield
    except FieldRefused as refused:
        raise FieldRefused(refused.code, f"{key}: {refused.message}") from refused


def _row(key: str, by: Principal) -> CustomField | None:
    return CustomField.objects.select_related("brand").filter(brand=by.brand, key=key).first()


def _put(entry: Mapping[str, Any], *, by: Principal) -> str:
    """Make the field, or change it and restore it where the file has it in use; what became of it."""
    key, kind, wish = entry["key"], Kind(entry["kind"]), _wish(entry)
    row = _row(key, by)
    with _naming(key):
        if row is None:
            fields.make(wish, kind=kind, by=by, key=key)
            return "made"
        if row.kind != kind.value:
            raise FieldRefused(
                "kind",
                _("It is there as another kind (%(kind)s), which never changes.") % {"kind": row.kind},
            )
        changed = fields.edit(row, wish, by=by)
        if row.retired_at is not None and not entry.get("retired"):
            row.refresh_from_db()
            fields.restore(row, by=by)
            changed = True
    return "changed" if changed else "same"


def _retire(key: str, *, by: Principal) -> bool:
    """Whether it was in use."""
    row = _row(key, by)
    if row is None or row.retired_at is not None:
        return False
    with _naming(key):
        fields.retire(row, by=by)
    return True


def _wish(entry: Mapping[str, Any]) -> Wish:
    return Wish(
        title=entry["title"],
        help=entry.get("help", ""),
        required=bool(entry.get("required")),
        default=tuple(entry.get("default", ())),
        in_filters=bool(entry.get("in_filters", True)),
        depends_on=entry.get("depends_on", ""),
        options=tuple(
            OptionWish(
                label=option["label"],
                key=option.get("key", ""),
                retired=bool(option.get("retired")),
                only_with=frozenset(option.get("only_with", ())),
            )
            for option in entry.get("options", ())
        ),
        clip_kinds=frozenset(entry.get("clip_kinds", ())),
    )


def _entries(data: object) -> list[Mapping[str, Any]]:
    """What the file says, field by field, once its shape is as it must be."""
    entries = data.get("fields") if isinstance(data, dict) and data.get("format") == FORMAT else None
    if not isinstance(entries, list):
        raise NotFields(_("This isn't a file of fields: it has no “format” and “fields” as an export has."))
    for place, entry in enumerate(entries, start=1):
        if not _is_field(entry):
            raise NotFields(
                _("Field %(place)s of the file can't be read: it needs a key, a title and a known kind.")
                % {"place": place}
            )
    return entries


def _is_field(entry: object) -> bool:
    if not isinstance(entry, dict):
        return False
    words = ("key", "title", "kind", "help", "depends_on")
    if not all(isinstance(entry.get(name, ""), str) for name in words):
        return False
    if not (entry.get("key") and entry.get("title") and entry.get("kind") in _KINDS):
        return False
    options = entry.get("options", [])
    texts = _are_texts(entry.get("default", [])) and _are_texts(entry.get("clip_kinds", []))
    return texts and isinstance(options, list) and all(map(_is_option, options))


def _is_option(option: object) -> bool:
    return (
        isinstance(option, dict)
        and isinstance(option.get("label"), str)
        and isinstance(option.get("key", ""), str)
        and _are_texts(option.get("only_with", []))
    )


def _are_texts(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)
