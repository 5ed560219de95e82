"""What a bulk edit is to change, as it is kept and as it turns one clip's words into others."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from dam.catalog.rewriting import Words
from dam.custom_fields.definitions import EMPTY, Written
from dam.custom_fields.values import How

PLACE = "{title}"  # in a title's pattern: the title that the clip has


class Describe(StrEnum):
    """What happens to a description."""

    KEEP = ""
    REPLACE = "replace"
    APPEND = "append"
    CLEAR = "clear"


@dataclass(frozen=True)
class Filling:
    """What becomes of one of the brand's own fields; without a value it is cleared."""

    key: str
    value: Written = EMPTY
    how: How = How.REPLACE


@dataclass(frozen=True)
class Change:
    """What is asked; what is empty stays as it is."""

    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    title: str = ""  # a pattern: "Summer – {title}"
    find: str = ""  # in titles
    replace: str = ""  # what stands there instead; may be empty
    describe: Describe = Describe.KEEP
    description: str = ""
    fields: tuple[Filling, ...] = ()
    stated: tuple[tuple[str, str], ...] = ()  # of rights: names of statements and words (dam.bulk.stating)
    # A consent that the clips need: kind, name, what it covers, its last moment ("": none). One that is
    # withdrawn wherever they have it: kind, name, why. From when they may be used (dam.bulk.terms).
    consent: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    first_day: str = ""
    first_day_reason: str = ""
    collection: UUID | None = None
    hold: str = ""  # a reason: the clips are placed under legal hold
    trash: bool = False
    rows: bool = False  # each clip what its row of a file says
    counted_on: bool = False  # to the trash with those that are in review, approved or released, too

    @property
    def is_empty(self) -> bool:
        other = self.stated or self.changes_terms or self.collection or self.hold or self.trash
        return not (self.changes_words or self.fields or other)

    @property
    def changes_words(self) -> bool:
        tags = self.add_tags or self.remove_tags
        return bool(tags or self.title or self.find or self.describe or self.rows)

    @property
    def changes_fields(self) -> bool:
        return bool(self.fields or self.rows)

    @property
    def changes_rights(self) -> bool:
        return bool(self.stated or self.rows)

    @property
    def changes_terms(self) -> bool:
        """Consents, or from when clips may be used."""
        return bool(self.consent or self.withdrawn or self.first_day or self.rows)

    def kept(self) -> dict[str, Any]:
        """As BulkEdit.change holds it."""
        kept = {name: value for name, value in asdict(self).items() if value}
        if self.collection:
            kept["collection"] = str(self.collection)
        return kept


def digest(kept: Mapping[str, Any]) -> str:
    """Tells one change from another, so that what is started is what was seen."""
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def read(kept: Mapping[str, Any]) -> Change:
    """What BulkEdit.change says."""
    values = {name: value for name, value in kept.items() if name in Change.__dataclass_fields__}
    for name in ("add_tags", "remove_tags"):
        values[name] = tuple(values.get(name, ()))
    if values.get("collection"):
        values["collection"] = UUID(values["collection"])
    values["fields"] = tuple(
        Filling(each["key"], tuple(each["value"]), How(each["how"])) for each in values.get("fields", ())
    )
    values["stated"] = tuple((name, text) for name, text in values.get("stated", ()))
    values |= {name: tuple(values.get(name, ())) for name in ("consent", "withdrawn")}
    values["describe"] = Describe(values.get("describe", ""))
    return Change(**values)


def applied(change: Change, words: Words) -> Words:
    """The words a clip has after the change.

    >>> applied(Change(add_tags=("lime",), title="Summer: {title}"), Words("Pour", "", frozenset())).title
    'Summer: Pour'
    """
    title = words.title
    if change.find:
        title = title.replace(change.find, change.replace)
    if change.title:
        title = change.title.replace(PLACE, title)
    tags = (words.tags - set(change.remove_tags)) | set(change.add_tags)
    return Words(title, _description(change, words.description), frozenset(tags))


def _description(change: Change, now: str) -> str:
    match change.describe:
        case Describe.REPLACE:
            return change.description
        case Describe.APPEND:
            return f"{now}\n\n{change.description}".strip()
        case Describe.CLEAR:
            return ""
        case _:
            return now


def undone(before: Words, after: Words, now: Words) -> tuple[Words, tuple[str, ...]]:
    """The words once a change from `before` to `after` is taken back, and the fields that stay as they are.

    A field that somebody has changed since stays; of tags each one counts for itself.
    """
    words, stay = now, []
    for name in ("title", "description"):
        was, became, is_now = (getattr(each, name) for each in (before, after, now))
        if was == became or is_now == was:
            continue
        if is_now == became:
            words = replace(words, **{name: was})
        else:
            stay.append(name)
    added, removed = after.tags - before.tags, before.tags - after.tags
    return replace(words, tags=frozenset((now.tags - added) | removed)), tuple(stay)
