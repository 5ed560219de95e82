"""Stages whose reviewers a clip's own fields name: the person in a field, or the group called like the
option chosen in it ("Market: France" asks the group *France*).

That is looked up when the clip is sent, and the review keeps who it was. A clip that names nobody asks the
stage's role, as does one whose group is gone.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from django.db.models.functions import Lower

from dam.accounts.models import Brand, Group
from dam.catalog.models import Asset
from dam.core import numbers
from dam.custom_fields import schema, values
from dam.custom_fields.definitions import Field, Kind, Schema
from provenance.review.plans import Planned

NAMING = (Kind.PERSON, Kind.CHOICE)  # kinds of field that can name somebody


def offered(brand: Brand) -> list[Field]:
    """The fields by which a stage can name whom it asks."""
    return [field for field in schema.of(brand).in_use if field.kind in NAMING]


def resolved(stages: Sequence[Planned], assets: Collection[Asset], *, brand: Brand) -> "Resolved":
    """Whom these stages ask for each of these clips; without a query where none asks by a field."""
    if not any(stage.field for stage in stages):
        return Resolved({}, {}, schema.NONE)
    known = schema.of(brand)
    groups = dict(Group.objects.filter(brand=brand).values_list(Lower("name"), "pk"))
    return Resolved(values.of(list(assets), known=known), groups, known)


class Resolved:
    """The fields of some clips of a brand, and its groups by their names in small letters."""

    def __init__(self, found: Mapping[UUID, values.Values], groups: Mapping[str, int], known: Schema) -> None:
        self._found, self._groups, self._known = found, groups, known

    def stages(self, stages: Sequence[Planned], asset: UUID) -> tuple[Planned, ...]:
        """As they are for this clip; with what each is named by."""
        return tuple(self._stage(stage, asset) if stage.field else stage for stage in stages)

    def _stage(self, stage: Planned, asset: UUID) -> Planned:
        field = self._known.get(stage.field)
        if field is None or field.retired:
            return replace(stage, field="", named_by=field.title if field else stage.field)
        written = self._found.get(asset, {}).get(field.key) or ()
        person = group = None
        if written and field.kind is Kind.PERSON:
            person = numbers.read(written[0])
        elif written:
            option = field.option(written[0])
            group = self._groups.get(option.label.lower()) if option is not None else None
        return replace(stage, field="", named_by=field.title, person=person, group=group)
