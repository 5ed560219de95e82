"""What a brand's own field is: its kind, its options and what they depend on. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

# A value as it is written everywhere: in forms, events, CSV and addresses. Of text one text, of a number or a
# day its canonical form, of options their keys in their order, of a person the number of their account,
# "yes" or "no"; () is no value.
Written = tuple[str, ...]
EMPTY: Written = ()
YES, NO = "yes", "no"


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    MULTI_CHOICE = "multi_choice"
    PERSON = "person"
    LINK = "link"
    YES_NO = "yes_no"


CHOOSING = frozenset({Kind.CHOICE, Kind.MULTI_CHOICE})


@dataclass(frozen=True)
class Option:
    number: int  # of its row
    key: str
    label: str
    retired: bool = False
    # The options of the field it depends on with which it is offered; with none given, with all.
    only_with: frozenset[str] = frozenset()

    def fits(self, chosen: Written) -> bool:
        """Whether it is offered where these options of the other field are chosen."""
        return not self.only_with or bool(self.only_with.intersection(chosen))


@dataclass(frozen=True)
class Field:
    number: int  # of its row
    key: str  # as typed in searches and in files: "campaign" for campaign:summer
    title: str
    kind: Kind
    help: str = ""
    required: bool = False  # before a review
    default: Written = EMPTY  # of new clips
    in_filters: bool = True
    depends_on: str = ""  # the key of another field, of which options decide which of these are offered
    options: tuple[Option, ...] = ()
    retired: bool = False
    # The kinds of clip that have it (dam.catalog.models.AssetKind); with none given, all.
    clip_kinds: frozenset[str] = frozenset()

    @property
    def chooses(self) -> bool:
        return self.kind in CHOOSING

    @property
    def offered(self) -> tuple[Option, ...]:
        return tuple(option for option in self.options if not option.retired)

    def is_for(self, kind: str | None) -> bool:
        """Whether clips of this kind have it; where a clip's kind isn't known yet, it may."""
        return kind is None or not self.clip_kinds or kind in self.clip_kinds

    def option(self, key: str) -> Option | None:
        return next((option for option in self.options if option.key == key), None)


def _choosing(field: Field) -> Iterable[object]:
    return (field.depends_on, *((option.number, option.only_with) for option in field.offered))


@dataclass(frozen=True)
class Schema(Mapping[str, Field]):
    """The fields of a brand by their keys, in its order. Retired ones are there: clips keep their values."""

    fields: tuple[Field, ...] = ()
    _by_key: dict[str, Field] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._by_key.update((each.key, each) for each in self.fields)

    def __getitem__(self, key: str) -> Field:
        return self._by_key[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_key)

    def __len__(self) -> int:
        return len(self.fields)

    @property
    def in_use(self) -> tuple[Field, ...]:
        return tuple(each for each in self.fields if not each.retired)

    @property
    def by_kind(self) -> bool:
        """Whether clips of different kinds have different fields."""
        return any(each.clip_kinds for each in self.fields)

    def asked_of(self, kind: str | None) -> "Schema":
        """The fields that a clip of this kind has; all of them where its kind isn't known yet.

        What a clip is asked, offered or lacks is read from here: dam.custom_fields.clip_kinds knows its kind.
        """
        return Schema(tuple(each for each in self.fields if each.is_for(kind))) if self.by_kind else self

    def depending_on(self, key: str) -> Iterable[Field]:
        return (each for each in self.in_use if each.depends_on == key)

    @property
    def required(self) -> tuple[Field, ...]:
        return tuple(each for each in self.in_use if each.required)

    @property
    def demands(self) -> tuple[object, ...]:
        """What decides of a clip whether it lacks a required field; equal where nothing of that differs."""
        return tuple(
            (each.number, each.clip_kinds, *(_choosing(each) if each.chooses else ()))
            for each in sorted(self.required, key=lambda each: each.number)
        )

    def missing(self, values: Mapping[str, Written]) -> tuple[Field, ...]:
        """The required fields that have no value, and could have one; of a clip's kind, `asked_of` has them.

        One whose options all depend on something that isn't chosen has nothing to choose from.
        """
        return tuple(
            each for each in self.required if not values.get(each.key) and self._has_choice(each, values)
        )

    def _has_choice(self, asked: Field, values: Mapping[str, Written]) -> bool:
        if not asked.chooses:
            return True
        chosen = values.get(asked.depends_on, EMPTY)
        return any(not asked.depends_on or option.fits(chosen) for option in asked.offered)
