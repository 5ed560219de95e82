"""What a search asks, whatever it is called: the shape that is kept, compared and asked again. Pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from dam.search import fields, likes
from dam.search.likes import Like
from dam.search.query import Filters, tidy
from dam.search.search_field import SearchField


@dataclass(frozen=True)
class Asked:
    """`like` is a further parameter of the address: what the clips should resemble."""

    words: str = ""
    filters: Filters = field(default_factory=Filters)
    like: Filters = field(default_factory=Filters)
    known: Mapping[str, SearchField] = field(default_factory=lambda: fields.FIELDS, compare=False, repr=False)

    def __bool__(self) -> bool:
        return bool(self.words or self.filters or self.like)

    @property
    def digest(self) -> str:
        """The same for two that ask the same: the order of filters and capital letters make no difference."""
        facts = [tidy(self.words).casefold(), _sorted(self.filters), _sorted(self.like)]
        return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()

    @property
    def title(self) -> str:
        """A name for it: its words, else its filters."""
        return self.words or self.narrowed_by or self._like_title

    @property
    def label(self) -> str:
        """Its words and its filters, for a list where others have the same words."""
        return " · ".join(filter(None, (self.words, self.narrowed_by)))

    @property
    def narrowed_by(self) -> str:
        """Its filters as their chips say them; one that is no longer known, as it was kept."""
        return ", ".join(self._spoken(name, value) for name, many in self.filters.items() for value in many)

    @property
    def picture(self) -> str:
        """The key of the picture that the clips should resemble; empty where it is none."""
        return self.likeness.picture if self.likeness else ""

    @property
    def _like_title(self) -> str:
        if self.picture:
            return _("Like a picture of yours")
        return _("More like a clip") if self.like else ""

    @property
    def likeness(self) -> Like | None:
        """What the clips should resemble."""
        return likes.read(next(iter(self.like["like"]), ""))

    def _spoken(self, name: str, value: str) -> str:
        known = self.known.get(name.removeprefix("-"))
        if known is None:
            return value
        return known.chip_text(known.read(value) or value, excluded=name.startswith("-"))


def stored(values: Filters) -> dict[str, list[str]]:
    """As JSON keeps it."""
    return {name: list(values[name]) for name in values}


def read(
    words: str,
    filters: Mapping[str, Iterable[str]],
    like: Mapping[str, Iterable[str]],
    *,
    known: Mapping[str, SearchField] = fields.FIELDS,
) -> Asked:
    return Asked(words=words, filters=Filters(filters), like=Filters(like), known=known)


def _sorted(values: Filters) -> list[list[object]]:
    return [[name, sorted(values[name])] for name in sorted(values)]
