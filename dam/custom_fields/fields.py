"""Making, changing, ordering and retiring the fields of a brand. No value that a clip has is lost by it."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.core import errors, places, tasks
from dam.core.language import number
from dam.custom_fields import planning, schema, shown
from dam.custom_fields.definitions import Field, Kind, Schema
from dam.custom_fields.models import CustomField, FieldOption, FieldValue, StaleRows, StaleWords
from dam.custom_fields.planning import FieldRefused, Wish

MOST_FIELDS = 60  # of a brand; retired ones count
KEY = re.compile(r"[a-z][a-z0-9_]*")
# What searches and addresses of the library mean by themselves. A test holds it against dam.search.fields.
RESERVED = frozenset(
    {
        *("state", "origin", "credentials", "tag", "collection", "favourite", "by", "created", "duration"),
        *("aspect", "resolution", "fps", "colour", "sound", "model", "prompt", "prompt_like", "seed"),
        *(
            "language",
            "filename",
            "use",
            "territory",
            "on",
            "hold",
            "width",
            "height",
            "size",
            "kind",
            "media",
            "type",
        ),
        *("alpha", "release", "rights", "missing", "field", "fields", "and", "or", "not"),
        *("q", "saved", "like", "after", "start", "sort", "order", "view", "version", "tab", "page"),
        *("licence", "holder", "credit", "exclusivity", "restriction"),
        *("density", "columns", "select", "words", "filters", "usable", "rights_end", "inside", "derived"),
    }
)


class FieldChanged(errors.Refused):
    """Somebody else has changed the field since it was read."""

    code = "field_edited_meanwhile"


def make(wish: Wish, *, kind: Kind, by: Principal, key: str = "") -> CustomField:
    """A new field at the end. Without a key it gets one from its title. Raises FieldRefused."""
    by.require(Capability.MANAGE_FIELDS)
    with trail.recording():
        brand, known = _locked(by)
        if len(known) >= MOST_FIELDS:
            raise FieldRefused(
                "too_many_fields", _("A brand has at most %(most)s fields.") % {"most": number(MOST_FIELDS)}
            )
        new = Field(number=0, key=_key(key, wish.title, known), title="", kind=kind)
        after = planning.planned(new, wish, known)
        places = CustomField.objects.filter(brand=brand).values_list("place", flat=True)
        row = CustomField(brand=brand, key=after.key, kind=kind.value, place=max(places, default=-1) + 1)
        _write(row, after, known)
        _record(
            Verb.FIELD_CREATED,
            after,
            brand=brand,
            by=by,
            data={"kind": kind.value, "options": [each.label for each in after.options]},
        )
        _rows_changed(brand, known)
    return row


def edit(row: CustomField, wish: Wish, *, by: Principal, revision: int | None = None) -> bool:
    """Change a field as it was at `revision`; True when anything changed.

    Options that aren't named any more are retired. Raises FieldChanged, FieldRefused.
    """
    by.require(Capability.MANAGE_FIELDS, brand=row.brand)
    with trail.recording():
        brand, known = _locked(by)
        row = CustomField.objects.get(pk=row.pk)
        if revision is not None and row.revision != revision:
            raise FieldChanged(_("Someone else changed this field while you were editing it."))
        before = known[row.key]
        after = planning.planned(before, wish, known)
        changes = planning.changes(before, after, known)
        if not changes:
            return False
        row.revision += 1
        _write(row, after, known)
        labels = {option.key: option.label for option in after.options}
        if any(labels[option.key] != option.label for option in before.options):
            _words_changed(row, after)
        _record(Verb.FIELD_EDITED, after, brand=brand, by=by, data=changes)
        _rows_changed(brand, known)
    return True


def retire(row: CustomField, *, by: Principal, at: datetime | None = None) -> None:
    """It is offered nowhere from now on, and comes back as it was. Raises FieldRefused."""
    _retire(row, by=by, at=at or timezone.now())


def restore(row: CustomField, *, by: Principal) -> None:
    """Offered again, with the values that clips kept. Raises FieldRefused."""
    _retire(row, by=by, at=None)


def _retire(row: CustomField, *, by: Principal, at: datetime | None) -> None:
    by.require(Capability.MANAGE_FIELDS, brand=row.brand)
    with trail.recording():
        brand, known = _locked(by)
        field = known[row.key]
        if field.retired == (at is not None):
            return
        if at is not None and (others := [each.title for each in known.depending_on(field.key)]):
            raise FieldRefused(
                "depended_on",
                _("“%(other)s” depends on this field. Change or retire that one first.")
                % {"other": others[0]},
            )
        if at is None and field.depends_on and known[field.depends_on].retired:
            raise FieldRefused(
                "depends_on_retired",
                _("This field depends on “%(other)s”, which is retired. Restore that one first.")
                % {"other": known[field.depends_on].title},
            )
        CustomField.objects.filter(pk=row.pk).update(retired_at=at, revision=row.revision + 1)
        _words_changed(row, field)
        verb = Verb.FIELD_RETIRED if at is not None else Verb.FIELD_RESTORED
        _record(verb, field, brand=brand, by=by)
        _rows_changed(brand, known)


def order(keys: Sequence[str], *, by: Principal) -> bool:
    """Put the brand's fields into this order; those that aren't named come after, as they stood."""
    by.require(Capability.MANAGE_FIELDS)
    with trail.recording():
        brand, known = _locked(by)
        wanted = [key for key in dict.fromkeys(keys) if key in known]
        ordered = [*wanted, *(key for key in known if key not in wanted)]
        if ordered == list(known):
            return False
        rows = CustomField.objects.filter(brand=brand).in_bulk([each.number for each in known.fields])
        for place, key in enumerate(ordered):
            rows[known[key].number].place = place
        CustomField.objects.bulk_update(rows.values(), ["place"])
        trail.record(
            Verb.FIELDS_ORDERED,
            brand=brand,
            target=brand.name,
            actor=by,
            data={"order": [list(known), ordered]},
        )
        _touch(by, brand)
    return True


def forget(numbers: Collection[int], *, by: Principal) -> None:
    """Delete these fields, of which the caller has locked the rows and knows that no clip has a value."""
    by.require(Capability.MANAGE_FIELDS)
    with trail.recording():
        brand, known = _locked(by)
        CustomField.objects.filter(brand=brand, pk__in=numbers).delete()
        _touch(by, brand)
        _rows_changed(brand, known)


def move(key: str, *, up: bool, by: Principal) -> bool:
    """One place up or down among the fields in use."""
    keys = [each.key for each in schema.read(by.brand.pk).in_use]
    after = places.moved(keys, key, up=up)
    return after != keys and order(after, by=by)


def _write(row: CustomField, after: Field, known: Schema) -> None:
    row.title, row.help, row.required, row.in_filters = (
        after.title,
        after.help,
        after.required,
        after.in_filters,
    )
    row.default = list(after.default)
    row.clip_kinds = sorted(after.clip_kinds)
    row.depends_on_id = known[after.depends_on].number if after.depends_on else None
    row.save()
    _write_options(row, after, known)


def _write_options(row: CustomField, after: Field, known: Schema) -> None:
    rows = {option.key: option for option in FieldOption.objects.filter(field=row)}
    now = timezone.now()
    for place, option in enumerate(after.options):
        kept = rows.setdefault(option.key, FieldOption(field=row, key=option.key))
        kept.label, kept.place = option.label, place
        kept.retired_at = (kept.retired_at or now) if option.retired else None
    FieldOption.objects.bulk_create([each for each in rows.values() if each.pk is None])
    FieldOption.objects.bulk_update(
        [each for each in rows.values() if each.pk is not None],
        ["label", "place", "retired_at"],
        batch_size=500,
    )
    made = dict(FieldOption.objects.filter(field=row).values_list("key", "pk"))
    above = {each.key: each.number for each in known[after.depends_on].options} if after.depends_on else {}
    through = FieldOption.only_with.through
    through.objects.filter(from_fieldoption__field=row).delete()
    through.objects.bulk_create(
        [
            through(from_fieldoption_id=made[option.key], to_fieldoption_id=above[key])
            for option in after.options
            for key in sorted(option.only_with)
        ],
        batch_size=2_000,
    )


def _words_changed(row: CustomField, field: Field) -> None:
    """Searches find its clips by other words from now on: workers write their documents anew."""
    if field.kind in shown.SEARCHED and FieldValue.objects.filter(field=row).exists():
        StaleWords.objects.update_or_create(field=row, defaults={"after": 0})
        tasks.enqueue("default.build_documents")


def _rows_changed(brand: Brand, before: Schema) -> None:
    """Other clips than before may lack a required field: workers go through their rows."""
    if schema.read(brand.pk).demands != before.demands:
        StaleRows.objects.update_or_create(brand=brand, defaults={"after": None})
        tasks.enqueue("default.catch_up_rows")


def _locked(by: Principal) -> tuple[Brand, Schema]:
    """Whoever changes a brand's fields takes turns: its row is locked, and what is read is what is."""
    brand = Brand.objects.select_for_update(no_key=True).get(pk=by.brand.pk)
    return brand, schema.read(brand.pk)


def _record(
    verb: Verb, field: Field, *, brand: Brand, by: Principal, data: Mapping[str, object] | None = None
) -> None:
    trail.record(verb, brand=brand, target=field.title, actor=by, data={"key": field.key, **(data or {})})
    _touch(by, brand)


def _touch(by: Principal, brand: Brand) -> None:
    """From now on everybody reads the fields anew, whoever asked for this among them."""
    brand.fields_at = timezone.now()
    brand.save(update_fields=["fields_at"])
    by.brand.fields_at = brand.fields_at


def _key(given: str, title: str, known: Schema) -> str:
    """As it will be typed in searches for ever. One that is given must be free; else one is made up."""
    if not given:
        return planning.fresh_key(title, {*known, *RESERVED}, CustomField.LONGEST_KEY, "field")
    if not KEY.fullmatch(given) or len(given) > CustomField.LONGEST_KEY:
        raise FieldRefused(
            "key",
            _("A search name has at most %(most)s characters: a letter, then letters a–z, digits or _.")
            % {"most": CustomField.LONGEST_KEY},
            where="key",
        )
    if given in RESERVED or given in known:
        raise FieldRefused("key_taken", _("This search name is taken. Choose another."), where="key")
    return given
