"""Adding a ready-made set of fields to a brand: what it adds is said before, and it is taken back as one.

A field that is there under its search name or its name, also a retired one, is left alone. The set's event
names the fields that it made; while all of them stand as they were made and no clip has anything in one, they
can be taken away again. They are the only fields that are ever deleted, for there is nothing to lose.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.languages import known as is_known
from dam.accounts.models import Brand
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.core import errors
from dam.custom_fields import fields, ready_made, schema
from dam.custom_fields.definitions import Field, Option, Schema
from dam.custom_fields.models import CustomField, FieldValue
from dam.custom_fields.planning import OptionWish, Wish
from dam.custom_fields.ready_made import FieldSet, ReadyField

LOOKED_BACK = 10  # sets that were added, the newest first, among which one can be taken back


class NoSuchSet(errors.Refused):
    """There is no ready-made set of this name."""

    code = "no_such_set"


class NothingToAdd(errors.Refused):
    """The brand has every field of the set already."""

    code = "nothing_to_add"


class NotTakenBack(errors.Refused):
    """The fields of the set are in use, or have been changed or taken away since; they stay as they are."""

    code = "not_taken_back"


@dataclass(frozen=True)
class Planned:
    """A field of a set, as the brand would have it; `there` is the one that it has already."""

    field: Field
    there: Field | None

    @property
    def is_new(self) -> bool:
        return self.there is None


@dataclass(frozen=True)
class Added:
    """A set that was added and can be taken back: the number of its event, its name, its fields' names."""

    sequence: int
    title: str
    fields: tuple[str, ...]


def found(name: str) -> FieldSet:
    """Raises NoSuchSet."""
    wanted = ready_made.find(name)
    if wanted is None:
        names = ", ".join(each.name for each in ready_made.SETS)
        raise NoSuchSet(
            _("There is no set of fields “%(name)s”. There are: %(names)s.")
            % {"name": name[:60], "names": names}
        )
    return wanted


def plan(wanted: FieldSet, brand: Brand) -> list[Planned]:
    """What adding the set would make, in the words of the brand's language, and what is there already."""
    return _plan(wanted, schema.read(brand.pk), brand)


def plans(brand: Brand) -> list[tuple[FieldSet, list[Planned]]]:
    """The same of every set, the fields of the brand read once."""
    known = schema.read(brand.pk)
    return [(each, _plan(each, known, brand)) for each in ready_made.SETS]


def _plan(wanted: FieldSet, known: Schema, brand: Brand) -> list[Planned]:
    titled = {each.title.casefold(): each for each in known.in_use}
    with translation.override(_language(brand)):
        made = [_field(each) for each in wanted.fields]
    return [Planned(each, known.get(each.key) or titled.get(each.title.casefold())) for each in made]


def add(wanted: FieldSet, *, by: Principal) -> list[Planned]:
    """Make the fields of a set that the brand hasn't, all or none; what was planned.

    Raises NothingToAdd, FieldRefused (also where the brand would have too many), PermissionDenied.
    """
    by.require(Capability.MANAGE_FIELDS)
    with _as_one(by) as brand:
        planned = plan(wanted, brand)
        new = [each.field for each in planned if each.is_new]
        if not new:
            raise NothingToAdd(_("The brand already has all of these fields."))
        rows = [fields.make(_wish(each), kind=each.kind, by=by, key=each.key) for each in new]
        trail.record(
            Verb.FIELDS_SET_ADDED,
            brand=brand,
            target=_title(wanted, brand),
            actor=by,
            data={
                "set": wanted.name,
                "fields": [each.title for each in new],
                "numbers": [row.pk for row in rows],
            },
        )
    return planned


@contextmanager
def _as_one(by: Principal) -> Iterator[Brand]:
    """All or nothing, in turn with others who change the brand's fields."""
    was = by.brand.fields_at
    try:
        with trail.recording():
            yield Brand.objects.select_for_update(no_key=True).get(pk=by.brand.pk)
    except BaseException:
        by.brand.fields_at = was
        raise


def taken_back(brand: Brand) -> list[Added]:
    """The sets that can be taken back, the newest first; in two queries, in one where none was added."""
    events = list(_events(brand)[:LOOKED_BACK])
    numbers = {number for event in events for number in event.data["numbers"]}
    free = _untouched(brand, numbers) if numbers else frozenset[int]()
    return [_added(event) for event in events if free.issuperset(event.data["numbers"])]


def take_back(sequence: int, *, by: Principal) -> Added:
    """Delete what an event of a set made. Raises NotTakenBack, PermissionDenied."""
    by.require(Capability.MANAGE_FIELDS)
    event = _events(by.brand).filter(sequence=sequence).first()
    if event is None:
        raise NotTakenBack(_("There is nothing to undo here."))
    numbers = set(event.data["numbers"])
    with _as_one(by) as brand:
        # Whoever gives a clip a value in one of these waits for this, and is refused then.
        list(CustomField.objects.select_for_update().filter(brand=brand, pk__in=numbers).order_by("pk"))
        if not numbers <= _untouched(brand, numbers):
            raise NotTakenBack(
                _(
                    "These fields have been filled in or changed since, so they stay. "
                    "You can retire those you don't need."
                )
            )
        fields.forget(numbers, by=by)
        trail.record(
            Verb.FIELDS_SET_REMOVED,
            brand=brand,
            target=event.target,
            actor=by,
            data={"set": event.data["set"], "fields": event.data["fields"]},
        )
    return _added(event)


def _events(brand: Brand) -> QuerySet[Event]:
    return Event.objects.filter(brand=brand, verb=Verb.FIELDS_SET_ADDED).order_by("-sequence")


def _untouched(brand: Brand, numbers: set[int]) -> frozenset[int]:
    """Those of these fields that stand as they were made, with no value and nothing that depends on them."""
    rows = CustomField.objects.filter(brand=brand, pk__in=numbers, revision=0, retired_at=None)
    free = rows.exclude(Exists(FieldValue.objects.filter(field=OuterRef("pk")))).exclude(
        Exists(CustomField.objects.filter(depends_on=OuterRef("pk")))
    )
    return frozenset(free.values_list("pk", flat=True))


def _added(event: Event) -> Added:
    return Added(event.sequence, event.target, tuple(event.data["fields"]))


def _language(brand: Brand) -> str | None:
    """The brand's; of a brand that has chosen none, that of whoever asks."""
    return brand.language if is_known(brand.language) else translation.get_language()


def _title(wanted: FieldSet, brand: Brand) -> str:
    with translation.override(_language(brand)):
        return str(wanted.title)


def _field(ready: ReadyField) -> Field:
    """In the language of now."""
    return Field(
        number=0,
        key=ready.key,
        title=str(ready.title),
        kind=ready.kind,
        help=str(ready.help),
        options=tuple(Option(0, option.key, str(option.label)) for option in ready.options),
        clip_kinds=ready.clip_kinds,
    )


def _wish(field: Field) -> Wish:
    return Wish(
        title=field.title,
        help=field.help,
        options=tuple(OptionWish(option.label, option.key) for option in field.options),
        clip_kinds=field.clip_kinds,
    )
