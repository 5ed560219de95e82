"""What a search field is. Pure: the table of those there are is dam.search.fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Combine(StrEnum):
    """What several values of one field ask for."""

    ANY = "any"
    EVERY = "every"


@dataclass(frozen=True)
class SearchField:
    """One thing a search can narrow by: in the box, in addresses, as a facet and as a chip.

    Columns are Django's paths from Asset. In them `{shown}` stands for the version that whoever asks is
    shown: "latest" or "released" (rights.visibility).
    """

    name: str  # as typed and in addresses: "state" for state:approved and ?state=approved
    title: str  # for people, above the facet
    column: str  # what the facet counts: "{shown}__approval"
    lookups: tuple[str, ...] = ()  # a value matches by any of these; by default it is the column's
    choices: tuple[tuple[str, str], ...] = ()  # stored value and label, as in models; none: any text
    # What people may also type, and the stored value it means.
    synonyms: Mapping[str, str] = field(default_factory=dict, hash=False)
    combine: Combine = Combine.ANY
    many: bool = False  # one asset may have several values: the column crosses a to-many relation
    facet: bool = True
    excludable: bool = False  # -tag:old
    icon: str = ""  # of the chip, from Lucide
    chip: str = "{}"
    excluded_chip: str = "not {}"

    def read(self, typed: str) -> str | None:
        """The stored value that is meant; None for one that the field does not have."""
        if not self.choices:
            return typed
        plain = typed.lower().replace(" ", "_").replace("-", "_")
        value = str(self.synonyms.get(plain, plain))
        return value if value in dict(self.choices) else None

    def chip_text(self, value: str, *, excluded: bool = False) -> str:
        spoken = value.replace("_", " ") if self.choices else value
        return (self.excluded_chip if excluded else self.chip).format(spoken)

    def column_for(self, shown: str) -> str:
        return self.column.format(shown=shown)

    def lookups_for(self, shown: str) -> tuple[str, ...]:
        return tuple(lookup.format(shown=shown) for lookup in self.lookups or (self.column,))
