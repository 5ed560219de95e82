"""What a search field is. Pure: those there are stand in dam.search.table, a brand's own in own_fields."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from dam.accounts.capabilities import Capability
from dam.core import language
from dam.core.language import gettext as _
from dam.core.language import midsentence, noop
from dam.search import dates, days_ahead, measures
from dam.search.measures import Unit


class Combine(StrEnum):
    """What several values of one field ask for."""

    ANY = "any"
    EVERY = "every"


class Kind(StrEnum):
    """What a value of a field is, and so how it is typed."""

    CHOICE = "choice"  # one of `choices`
    TEXT = "text"
    NUMBER = "number"  # a measure or a range of them, in `unit`
    DATE = "date"  # a day, a month, a range of them, "today", "7d"
    FLAG = "flag"  # yes or no


class Rights(StrEnum):
    """What of "may be used for X in Y on date Z" a field asks (dam.rights.cleared)."""

    USE = "use"
    TERRITORY = "territory"
    ON = "on"
    NOW = "now"  # whether at all, for something and somewhere


@dataclass(frozen=True)
class OwnField:
    """That a search field is a brand's own (dam.custom_fields), and what its values are in the tables."""

    number: int  # of its row
    options: Mapping[str, int] = field(default_factory=dict, hash=False)  # their rows by their keys
    person: bool = False
    typed: bool = True  # offered where one is typed; a retired one is only read


YES, NO = "yes", "no"
# In any language of the product, as a saved search may be read by those who have another.
_FLAGS = {
    **dict.fromkeys((YES, "true", "1", "ja", "oui"), YES),
    **dict.fromkeys((NO, "false", "0", "nein", "non"), NO),
}
_DATES_TAKE = noop("a day, a month, a range, “today”, “week” or “7d”")
_AHEAD_TAKE = noop("a day, a month, a range, “past”, “none”, “today”, “week” or “30d”")


def plain(typed: str) -> str:
    """What is typed for a choice, as it is compared with those there are."""
    return unicodedata.normalize("NFKC", typed).lower().replace(" ", "_").replace("-", "_")


def bare(typed: str) -> str:
    """The same without accents."""
    parts = unicodedata.normalize("NFD", plain(typed))
    return "".join(each for each in parts if not unicodedata.combining(each))


@dataclass(frozen=True)
class SearchField:
    """One thing a search can narrow by: in the box, in addresses, as a facet and as a chip.

    Columns are Django's paths from Asset. In them `{shown}` stands for the version that whoever asks is
    shown: "latest" or "released" (rights.visibility).
    """

    name: str  # as typed and in addresses: "state" for state:approved and ?state=approved
    title: str  # for people, above the facet
    column: str  # what the facet counts: "{shown}__approval"
    kind: Kind = Kind.TEXT
    lookups: tuple[str, ...] = ()  # a value matches by any of these; by default it is the column's
    # Stored value and label, as in models; of a number or a date the ranges that are counted.
    choices: tuple[tuple[str, str], ...] = ()
    aliases: tuple[str, ...] = ()  # what its name may also be typed as
    # What people may also type, and the stored value it means.
    synonyms: Mapping[str, str] = field(default_factory=dict, hash=False)
    unit: Unit | None = None  # of a number
    combine: Combine = Combine.ANY
    many: bool = False  # one asset may have several values: the column crosses a to-many relation
    in_collections: bool = False  # the values are names of collections, of those that whoever asks sees
    nested: bool = False  # of these also what lies in them; a value may be the id of one
    of_favourites: bool = False  # whether whoever asks has starred it
    of_sources: bool = False  # whether the version was made from others (dam.rights.making)
    of_prompts: bool = (
        False  # by what prompts mean: the versions are found before (dam.search.similar_prompts)
    )
    array: bool = False  # the column holds a list of values
    presence: bool = False  # of a flag: "yes" is any value, "no" is none
    ahead: bool = False  # of a date: what is relative reaches from now on, not back
    of_rows: bool = False  # what the database works out in its row (dam.search.filter_rows)
    own: OwnField | None = None
    rights: Rights | None = None
    # The only values that a released version can have; None: any. Of a million released clips the database
    # would look for others in each.
    of_released: tuple[str, ...] | None = None
    needs: Capability = Capability.VIEW  # to search by it: what is not shown to somebody can't be asked for
    facet: bool = True
    between: bool = False  # beside the list it is asked for by its two ends; nothing is counted for that
    # Beside the list these fields are asked for together, by what is typed or chosen in a form of this title.
    form: tuple[str, ...] = ()
    form_title: str = ""
    icon: str = ""  # of the chip, from Lucide
    chip: str = "{}"  # a flag's chip is its choice
    excluded_chip: str = ""  # by default "not {}"
    reader: Callable[[str], str | None] | None = None  # of a text: the stored value, None for no value
    speaker: Callable[[str], str] | None = None  # the stored value as people say it
    takes: str = ""  # what may stand behind the colon, for people; by default its choices
    examples: tuple[str, ...] = ()  # of values, as typed
    guarded: bool = False  # `choices` are not all there are: any other word is taken, and finds what it finds

    def read(self, typed: str) -> str | None:
        """The value that is meant, as it stands in addresses; None for one that the field does not have."""
        if self.kind is Kind.NUMBER and self.unit:
            return measures.tidy(typed, self.unit)
        if self.kind is Kind.DATE:
            return days_ahead.tidy(typed) if self.ahead else dates.tidy(typed)
        if self.kind is Kind.TEXT:
            return self.reader(typed) if self.reader else typed
        compared = plain(typed)
        if self.kind is Kind.FLAG:
            return _FLAGS.get(compared)
        value = str(self.synonyms.get(compared, compared))
        if self.guarded or value in dict(self.choices):
            return value
        return None if self.own else self._called(compared)

    def _called(self, compared: str) -> str | None:
        """The choice that is called so in some language of the product."""
        for value, label in self.choices:
            if bare(compared) in map(bare, language.in_every(label)):
                return value
        return None

    @property
    def is_typed(self) -> bool:
        """Whether it is offered where one is typed."""
        return self.own is None or self.own.typed

    @property
    def is_personal(self) -> bool:
        """Whether two people of one role may find different clips by the same value."""
        return self.in_collections or self.of_favourites

    def ends(self, value: str, *, today: date) -> tuple[str, str]:
        """The two ends of a value as they are typed beside the list; of one alone both are it."""
        if self.kind is Kind.DATE:
            days = dates.span(value, today)
            return tuple(day.isoformat() if day else "" for day in (days.first, days.last))  # type: ignore[return-value]
        return measures.ends(value)

    @property
    def one_at_a_time(self) -> bool:
        """Of ranges that are offered, the one that is chosen takes the place of another."""
        return self.kind in (Kind.NUMBER, Kind.DATE)

    @property
    def says_what_it_takes(self) -> str:
        """After "Use …", for whoever typed a value that it does not have."""
        if self.takes:
            return self.takes
        if self.kind is Kind.CHOICE:
            values = ", ".join(self._as_typed(value, str(label)) for value, label in self.choices)
            return _("one of: %(values)s") % {"values": values}
        if self.kind is Kind.FLAG:
            return _("yes or no")
        if self.kind is Kind.DATE:
            return _(_AHEAD_TAKE if self.ahead else _DATES_TAKE)
        return _("a value")

    def _as_typed(self, value: str, label: str) -> str:
        """How a choice is typed by those who read the product in another language than English."""
        if self.own or language.current().startswith("en") or self.read(label) != value:
            return value
        typed = midsentence(label)
        return f'"{typed}"' if " " in typed else typed

    def problem_with(self, value: str) -> str:
        """A sentence on a value that it does not have."""
        return _("“%(field)s:%(value)s” isn't a known filter. Use %(takes)s.") % {
            "field": self.name,
            "value": value,
            "takes": self.says_what_it_takes,
        }

    def chip_text(self, value: str, *, excluded: bool = False) -> str:
        if self.kind is Kind.FLAG:  # without "yes" is with "no": each has a name of its own
            return midsentence(str(dict(self.choices)[YES if (value == YES) != excluded else NO]))
        spoken = self.speaker(value) if self.speaker else value
        if self.kind is Kind.CHOICE:
            label = str(dict(self.choices).get(value, value))
            spoken = label if self.own else midsentence(label)
        elif self.kind is Kind.NUMBER and self.unit:
            spoken = measures.spoken(value, self.unit)
        elif self.kind is Kind.DATE:
            spoken = days_ahead.spoken(value) if self.ahead else dates.spoken(value)
        said = (self.excluded_chip or _("not {}")) if excluded else self.chip
        return said.format(spoken)

    def column_for(self, shown: str) -> str:
        return self.column.format(shown=shown)

    def lookups_for(self, shown: str) -> tuple[str, ...]:
        return tuple(lookup.format(shown=shown) for lookup in self.lookups or (self.column,))
