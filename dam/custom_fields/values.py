"""What clips have in the fields of their brand: reading, setting and taking back.

Callers that set values refresh the search text of what changed (dam.search.fulltext.refresh_many) in the same
transaction: search lies above this package.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand, User
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.models import Event
from dam.audit.trail import PendingEvent
from dam.audit.verbs import Verb
from dam.catalog import assets
from dam.catalog.models import Asset
from dam.core import errors, language
from dam.custom_fields import clip_kinds, reading, schema
from dam.custom_fields.definitions import EMPTY, NO, YES, Field, Kind, Schema, Written
from dam.custom_fields.models import FieldValue

Values = dict[str, Written]  # of one clip, by the key of the field; a field without a value isn't there
RECORDED = "fields"  # in an event's data: by the key of each field what `_recorded` says


class How(StrEnum):
    """What becomes of the options that a clip has in a field of several choices."""

    REPLACE = "replace"
    ADD = "add"
    REMOVE = "remove"


class UnknownField(errors.Refused):
    """The brand has no field of this key, or has retired it."""

    code = "unknown_field"


class ChangedMeanwhile(errors.Refused):
    """Somebody else set the same fields since they were read; `now` is what each has."""

    code = "fields_changed_meanwhile"

    def __init__(self, now: Mapping[str, Written], known: Schema) -> None:
        self.now = dict(now)
        titles = language.listed([known[key].title for key in now])
        super().__init__(
            _("Someone else changed this while you were editing: %(fields)s.") % {"fields": titles}
        )


class NothingToUndo(errors.Refused):
    """The fields have been changed again since, or were never set by this event."""

    code = "nothing_to_undo"


def of(chosen: Collection[Asset], *, known: Schema) -> dict[UUID, Values]:
    """The values of these clips, in one query; without a query where the brand has no fields.

    `known` is the schema of their brand (schema.of). Retired fields are there too.
    """
    found: dict[UUID, Values] = {asset.pk: {} for asset in chosen}
    if not known or not found:
        return found
    rows = FieldValue.objects.filter(asset__in=found, field__in=[each.number for each in known.fields])
    return _by_asset(rows.order_by("pk"), found, known)


def of_one(asset: Asset) -> Values:
    return of([asset], known=schema.of(asset.brand))[asset.pk]


def _by_asset(rows: Iterable[FieldValue], found: dict[UUID, Values], known: Schema) -> dict[UUID, Values]:
    fields = {each.number: each for each in known.fields}
    options = {option.number: option.key for each in known.fields for option in each.options}
    chosen: dict[tuple[UUID, str], set[str]] = defaultdict(set)
    for row in rows:
        field = fields[row.field_id]
        if row.option_id is not None:
            chosen[row.asset_id, field.key].add(options.get(row.option_id, ""))
        else:
            found[row.asset_id][field.key] = (_written(row),)
    for (asset_id, key), keys in chosen.items():
        found[asset_id][key] = tuple(each.key for each in known[key].options if each.key in keys)
    return found


def _written(row: FieldValue) -> str:
    if row.number is not None:
        return reading.written_number(row.number)
    if row.day is not None:
        return row.day.isoformat()
    if row.yes is not None:
        return YES if row.yes else NO
    return str(row.person_id) if row.person_id is not None else row.text or ""


def people_of(brand: Brand) -> dict[str, int]:
    """Who can be named in a field of a person: members, by their addresses in small letters."""
    working = User.objects.filter(memberships__brand=brand, memberships__deactivated_at=None, is_active=True)
    return {email.casefold(): pk for pk, email in working.values_list("pk", "email")}


def set_values(
    asset: Asset,
    typed: Mapping[str, str | Sequence[str]],
    *,
    by: Principal,
    seen: Mapping[str, Written] | None = None,
) -> bool:
    """Give the clip what was typed, by the keys of the fields; True when anything changed.

    An empty text takes a value away; fields that aren't named stay. With `seen`, what its editor began with,
    a field they left alone stays as others have made it meanwhile, and two different values raise
    ChangedMeanwhile. Also raises UnknownField, ValueRefused, PermissionDenied. The audit event carries each
    field's value before and after. The caller refreshes the search text.
    """
    return bool(set_many([asset], typed, by=by, seen=seen))


def set_many(
    chosen: Collection[Asset],
    typed: Mapping[str, str | Sequence[str]],
    *,
    by: Principal,
    how: How = How.REPLACE,
    seen: Mapping[str, Written] | None = None,
) -> list[Asset]:
    """The same for many clips of one brand, all or none, in a fixed number of queries; those that changed.

    With `how`, options of several choices are put in or taken out; other fields are replaced whatever it is.
    """
    for asset in chosen:
        by.require(Capability.EDIT, brand=asset.brand)
    known = schema.of(by.brand)
    require_known(typed, known)
    named = any(known[key].kind is Kind.PERSON for key in typed)
    people = people_of(by.brand) if named else {}
    with trail.recording():
        locked = assets.lock(chosen)
        before, kinds = of(locked, known=known), clip_kinds.of(locked, known)
        after = {}
        for asset in locked:
            wanted = read(known, typed, before[asset.pk], people=people, how=how, seen=seen or {})
            after[asset] = _merged(wanted, before[asset.pk], seen, known)
        for asset, values in after.items():
            clip_kinds.require(known, values, before[asset.pk], kinds[asset.pk])
            reading.require_fit(known, {**before[asset.pk], **values}, changed=list(values))
        return save(after, before, known, by=by)


def require_known(keys: Iterable[str], known: Schema) -> None:
    """Raises UnknownField."""
    for key in keys:
        if key not in known or known[key].retired:
            raise UnknownField(_("There is no field “%(key)s” in this brand.") % {"key": key[:60]})


def undo(event: Event, *, by: Principal) -> bool:
    """Give the clip back what it had in the fields before this event, where that is still what it set.

    Raises NothingToUndo, PermissionDenied. The caller refreshes the search text.
    """
    asset = None
    if event.asset_id is not None and undoable(event):
        seen = Asset.objects.select_related("brand").filter(brand=event.brand_id)
        asset = seen.filter(pk=event.asset_id).first()
    if asset is None:
        raise NothingToUndo(_("There is nothing to undo here."))
    by.require(Capability.EDIT, brand=asset.brand)
    known = schema.of(asset.brand)
    told = {key: pair for key, pair in event.data[RECORDED].items() if key in known}
    with trail.recording():
        locked = assets.lock([asset])
        before = of(locked, known=known)
        now = before[asset.pk]
        if not told or any(now.get(key, EMPTY) != tuple(each["after"]) for key, each in told.items()):
            raise NothingToUndo(_("These fields have been changed again since. Nothing was undone."))
        back = {key: tuple(each["before"]) for key, each in told.items()}
        return bool(save({locked[0]: back}, before, known, by=by))


def undoable(event: Event) -> bool:
    """Whether it set fields of a clip, which can then be asked to be taken back."""
    return event.verb == Verb.ASSET_EDITED and isinstance(event.data.get(RECORDED), dict)


def apply_defaults(asset: Asset, *, kind: str) -> None:
    """Give a new clip of this kind what its fields begin with; the event of its coming tells of it."""
    known = schema.of(asset.brand).asked_of(kind)
    begins: Values = {}
    for each in known.in_use:
        options = {option.key for option in each.offered}
        default = tuple(key for key in each.default if not each.chooses or key in options)
        if default:
            begins[each.key] = default
    while begins:
        try:
            reading.require_fit(known, begins, changed=list(begins))
            break
        except reading.ValueRefused as refused:  # the one that depends gives way; others may depend on it
            del begins[refused.field]
    if begins:
        _write({asset: begins}, known)


def read(
    known: Schema,
    typed: Mapping[str, str | Sequence[str]],
    now: Values,
    *,
    people: Mapping[str, int],
    how: How = How.REPLACE,
    seen: Mapping[str, Written],
) -> Values:
    """What was typed, as the values of a clip that has `now`. Raises ValueRefused.

    `seen` is what its editor began with: a number that stands there as it is written here isn't read anew.
    """
    found = {}
    for key, given in typed.items():
        field, has = known[key], now.get(key, EMPTY)
        texts = [given] if isinstance(given, str) else list(given)
        kept = (*has, *seen.get(key, EMPTY)) if field.kind is Kind.NUMBER else has
        value = reading.read(field, texts, people=people, kept=kept)
        if field.kind is Kind.MULTI_CHOICE and how is not How.REPLACE:
            left = {*has, *value} if how is How.ADD else {*has}.difference(value)
            value = tuple(option.key for option in field.options if option.key in left)
        found[key] = value
    return found


def _merged(wanted: Values, now: Values, seen: Mapping[str, Written] | None, known: Schema) -> Values:
    """What the editor changed; of what they left as it was, nothing. Raises ChangedMeanwhile."""
    if seen is None:
        return wanted
    changed: Values = {}
    conflicts: Values = {}
    for key, value in wanted.items():
        old, has = tuple(seen.get(key, EMPTY)), now.get(key, EMPTY)
        if value in (has, old):
            continue
        if has != old:
            conflicts[key] = has
        changed[key] = value
    if conflicts:
        raise ChangedMeanwhile(conflicts, known)
    return changed


def save(
    after: Mapping[Asset, Values],
    before: Mapping[UUID, Values],
    known: Schema,
    *,
    by: Principal,
    noted: Mapping[str, Any] | None = None,
) -> list[Asset]:
    """Write what differs, and an event for each clip that changed; `noted` stands in each.

    The caller has locked the clips, and has seen to it that the values are as they are written.
    """
    changes: dict[Asset, Values] = {}
    for asset, values in after.items():
        now = before[asset.pk]
        if different := {key: value for key, value in values.items() if value != now.get(key, EMPTY)}:
            changes[asset] = different
    if not changes:
        return []
    replaced = defaultdict(list)
    for asset, values in changes.items():
        for key in values:
            replaced[known[key].number].append(asset.pk)
    for number, keys in replaced.items():
        FieldValue.objects.filter(field=number, asset__in=keys).delete()
    _write(changes, known)
    Asset.objects.filter(pk__in=[asset.pk for asset in changes]).update(updated_at=timezone.now())
    trail.record_many(
        PendingEvent(
            Verb.ASSET_EDITED,
            brand=asset.brand,
            target=asset.title,
            actor=by,
            asset_id=asset.pk,
            data={
                RECORDED: {
                    key: _recorded(known[key], before[asset.pk].get(key, EMPTY), value)
                    for key, value in values.items()
                },
                **(noted or {}),
            },
        )
        for asset, values in changes.items()
    )
    assets.publish(list(changes))
    return list(changes)


def _recorded(field: Field, before: Written, after: Written) -> dict[str, object]:
    """One field in an event: as it was called then, for people; as it is written, to be taken back."""
    told: dict[str, object] = {
        "title": field.title,
        "kind": field.kind.value,
        "before": list(before),
        "after": list(after),
    }
    if field.chooses:
        told["labels"] = {each.key: each.label for each in field.options if each.key in {*before, *after}}
    return told


def _write(values: Mapping[Asset, Values], known: Schema) -> None:
    FieldValue.objects.bulk_create(
        [
            FieldValue(asset=asset, field_id=known[key].number, **column)
            for asset, has in values.items()
            for key, value in has.items()
            for column in _columns(known[key], value)
        ],
        batch_size=2_000,
    )


def _columns(field: Field, value: Written) -> Iterable[dict[str, Any]]:
    for text in value:
        match field.kind:
            case Kind.CHOICE | Kind.MULTI_CHOICE:
                option = field.option(text)
                if option is not None:
                    yield {"option_id": option.number}
            case Kind.NUMBER:
                yield {"number": Decimal(text)}
            case Kind.DATE:
                yield {"day": text}
            case Kind.YES_NO:
                yield {"yes": text == YES}
            case Kind.PERSON:
                yield {"person_id": int(text)}
            case _:
                yield {"text": text}
