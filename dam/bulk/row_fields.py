"""What the rows of a file say of a brand's own fields, beside what the clips have in them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from dam.accounts.principals import Principal
from dam.bulk import field_columns
from dam.bulk.sheets import Row
from dam.catalog.models import Asset
from dam.custom_fields import clip_kinds, reading, rewriting, values
from dam.custom_fields.definitions import EMPTY, Kind, Schema
from dam.custom_fields.values import Values


@dataclass(frozen=True)
class RowFields:
    """`has` are the values of the clips, `kinds` what they are.

    `called` is how a file names people, `people` whom a field can name.
    """

    known: Schema
    has: Mapping[UUID, Values]
    called: Mapping[str, str]
    people: Mapping[str, int]
    kinds: Mapping[UUID, str | None]

    @classmethod
    def of(
        cls, rows: Collection[Row], assets: Collection[Asset], *, known: Schema, by: Principal
    ) -> "RowFields":
        """In four queries at most, however many they are; in none where no row has a column of a field."""
        if not any(row.cells for row in rows):
            return cls(known, {asset.pk: {} for asset in assets}, {}, {}, {})
        has = values.of(assets, known=known)
        named = any(known[key].kind is Kind.PERSON for row in rows for key in row.cells)
        called = field_columns.people_in(has.values(), known=known, by=by)
        people = values.people_of(by.brand) if named else {}
        return cls(known, has, called, people, clip_kinds.of(assets, known))

    def read(self, row: Row) -> tuple[Values, dict[str, str]]:
        """What the row changes, and by the keys of fields why something can't be.

        A cell that says what the export would say changes nothing, whatever it would mean if it were typed.
        """
        has, wanted, wrong = self.has[row.key], Values(), dict[str, str]()
        for key, text in row.cells.items():
            field = self.known[key]
            if text == field_columns.cell(field, has.get(key, EMPTY), people=self.called):
                continue
            typed = {key: field_columns.parts(field, text)}
            try:
                wanted |= values.read(self.known, typed, has, people=self.people, seen={})
            except reading.ValueRefused as refused:
                wrong[key] = refused.message
        if not wrong:
            try:
                return rewriting.fitting(wanted, has, self.known, kind=self.kinds.get(row.key)), {}
            except reading.ValueRefused as refused:
                wrong[refused.field] = refused.message
        return {}, wrong
