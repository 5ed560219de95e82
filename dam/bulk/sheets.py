"""Clips as rows of a CSV file, and rows of a file as changes of clips.

The file is RFC 4180 in UTF-8. A cell that a spreadsheet would take for a formula has an apostrophe before it,
and loses it on the way back. What is in it beside the words of a clip, what is stated of its rights and the
brand's own fields can be read, and is not imported.
"""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import times
from dam.accounts.principals import Principal
from dam.audit.export import harmless
from dam.bulk import field_columns, stating
from dam.bulk import terms as bulk_terms
from dam.bulk.changes import Filling
from dam.catalog import tags
from dam.catalog.models import Asset
from dam.catalog.rewriting import Words
from dam.core import errors
from dam.core.language import number
from dam.custom_fields import schema
from dam.custom_fields.definitions import Schema, Written
from dam.rights import consent_lists, consents, policy, statements, terms, visibility
from dam.rights.consent_lists import Known

CHUNK = 500
WORDS = ("title", "description", "tags")  # what is imported
UNCHANGED = "updated_at"  # a clip that was changed after that is left alone
COLUMNS = (
    *(
        "id",
        *WORDS,
        *stating.NAMES,
        *bulk_terms.COLUMNS,
        "state",
        "origin",
        "duration_seconds",
        "file_name",
        "width",
        "height",
        "version",
        "version_note",
    ),
    *("uses", "territories", "cleared_until", "added_by", "added_at", UNCHANGED),
)
MARK = "\ufeff"  # at the beginning, for Excel
MOST_ROWS = 20_000


class SheetRefused(errors.Refused):
    """The file, or a row of it, can't be read; the message says why, and `column` where, if it is one."""

    code = "sheet"

    def __init__(self, message: str, *, column: str = "") -> None:
        self.column = column
        super().__init__(message)


def lines(assets: QuerySet[Asset], *, by: Principal, marked: bool) -> Iterator[str]:
    """The file, some hundred rows at a time, in the order of the clips' ids; so much is held in memory.

    Who doesn't see drafts gets no columns of terms: imported, they would say that there are none.
    """
    shown, known, zone = visibility.shown(by), schema.of(by.brand), times.of_brand(by.brand)
    now, at = timezone.now(), 1 + len(WORDS)  # the brand's own fields stand behind the words
    terms_too = consents.may_see(by)
    names = [name for name in COLUMNS if terms_too or name not in bulk_terms.COLUMNS]
    yield (MARK if marked else "") + _written([(*names[:at], *field_columns.names(known), *names[at:])])
    rows = assets.select_related(
        shown, f"{shown}__rights", f"{shown}__inherited", "created_by"
    ).prefetch_related("tags")
    last: UUID | None = None
    while True:
        behind = rows.filter(pk__gt=last) if last else rows
        page = list(behind.order_by("pk")[:CHUNK])
        if page:
            last = page[-1].pk
            own = field_columns.cells(page, known=known, by=by)
            keys = [getattr(asset, shown).pk for asset in page]
            said = consent_lists.of_many(keys, by=by) if terms_too else None
            yield _written(_row(asset, shown, own[asset.pk], said, zone, at=now) for asset in page)
        if len(page) < CHUNK:
            return


def _row(
    asset: Asset,
    shown: str,
    own: Iterable[str],
    said: Mapping[UUID, tuple[Known, ...]] | None,
    zone: ZoneInfo,
    *,
    at: datetime,
) -> Iterable[object]:
    version = getattr(asset, shown)
    version.asset = asset  # the same row: the terms need not fetch it again
    own_terms: tuple[str, ...] = ()
    if said is not None:
        here = bulk_terms.Here(version, said[version.pk], counted=False, zone=zone)
        own_terms = (*here.cells(at=at), "")  # why a first day is another one is said anew each time
    cleared = policy.left(terms.of(version))
    places = cleared.territories if cleared.uses else ()
    ends = cleared.valid_until
    return (
        asset.pk,
        asset.title,
        asset.description,
        ", ".join(tag.name for tag in asset.tags.all()),
        *own,
        *asdict(statements.of(version)).values(),
        *own_terms,
        version.approval,
        version.origin,
        "" if version.duration_ms is None else version.duration_ms / 1000,
        version.filename,
        version.width,
        version.height,
        # Who sees released work alone isn't told what changed on the way there.
        *((version.number, version.note) if shown == "latest" else ("", "")),
        ", ".join(cleared.uses),
        ", ".join(places),
        ends.isoformat() if ends else "",
        asset.created_by.name,
        asset.created_at.isoformat(),
        asset.updated_at.isoformat(),
    )


def _written(rows: Iterable[Iterable[object]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([written(cell) for cell in row] for row in rows)
    return out.getvalue()


def written(cell: object) -> str:
    """A cell that no sheet takes for a formula, and that `typed` gives back as it was.

    >>> written("=1+1"), written("'tis"), written(5)
    ("'=1+1", "''tis", '5')
    """
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith("'") else harmless(text)


def typed(cell: str) -> str:
    """A cell as it was before it was `written`; one that was typed by hand stays.

    >>> typed("'=1+1"), typed("''tis"), typed("'tis"), typed("5")
    ('=1+1', "'tis", "'tis", '5')
    """
    bare = cell.removeprefix("'")
    return bare if bare != cell and written(bare) == cell else cell


@dataclass(frozen=True)
class Row:
    """What a row wants of a clip; what is None stays. `line` is the row's number, the head being 1."""

    line: int
    key: UUID
    title: str | None = None
    description: str | None = None
    tags: tuple[str, ...] | None = None
    seen_at: datetime | None = None  # the clip as it was then
    stated: Mapping[str, str] = field(default_factory=dict)  # of rights, by the names of statements
    terms: Mapping[str, str] = field(default_factory=dict)  # by the columns of dam.bulk.terms
    cells: Mapping[str, str] = field(default_factory=dict)  # of the brand's own fields, by their keys
    # Once it was checked: what was there, of the columns that it changes, and what those fields get.
    was: Mapping[str, object] = field(default_factory=dict)
    fields: Mapping[str, Written] = field(default_factory=dict)

    @property
    def fillings(self) -> tuple[Filling, ...]:
        return tuple(Filling(key, value) for key, value in self.fields.items())

    @property
    def about_words(self) -> bool:
        return not (self.title is None and self.description is None and self.tags is None)

    @property
    def about_terms(self) -> bool:
        return bool(self.terms)

    def applied(self, words: Words) -> Words:
        return replace(
            words,
            title=words.title if self.title is None else self.title,
            description=words.description if self.description is None else self.description,
            tags=words.tags if self.tags is None else frozenset(self.tags),
        )


Wrong = tuple[int, str, str]  # a row, the column if it is one, and the reason


@dataclass(frozen=True)
class Sheet:
    """The rows of a file, those that can't be used with the reason, and the columns that aren't imported."""

    rows: tuple[Row, ...]
    refused: tuple[Wrong, ...]
    ignored: tuple[str, ...]


def read(content: bytes, *, known: Schema = schema.NONE) -> Sheet:
    """Raises SheetRefused for what is no table of clips; a row that is wrong is refused alone."""
    text = _text(content)
    head, _end, rest = text.partition("\n")
    first = 1
    if told := re.fullmatch(r"sep=(.)\r?", head, re.IGNORECASE):  # as Excel writes which mark it uses
        text, first = rest, 2
        mark = told[1]
    else:
        mark = max(",;\t", key=head.count)
    cells = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        names = [name.strip().lower() for name in next(cells, [])]
        own = [field.key for field in known.in_use if field_columns.name(field.key) in names]
        _require_columns(names, own)
        rows: dict[UUID, Row] = {}
        refused: list[Wrong] = []
        for line, row in enumerate(cells, start=first + 1):
            if line - first > MOST_ROWS:
                raise SheetRefused(
                    _("A file has at most %(most)s rows. Split it.") % {"most": number(MOST_ROWS)}
                )
            if not any(cell.strip() for cell in row):
                continue
            try:
                found = _read(line, dict(zip(names, row, strict=False)), names, own)
                if found.key in rows:
                    raise SheetRefused(_("The clip is in the file twice. The first row counts."))
                rows[found.key] = found
            except SheetRefused as problem:
                refused.append((line, problem.column, problem.message))
    except csv.Error as problem:
        raise SheetRefused(_("This isn't a CSV file that can be read.")) from problem
    used = {"id", *WORDS, *stating.NAMES, *bulk_terms.COLUMNS, UNCHANGED, *map(field_columns.name, own)}
    ignored = [name for name in names if name not in used and name]
    return Sheet(tuple(rows.values()), tuple(refused), tuple(ignored))


def _text(content: bytes) -> str:
    if len(content) > settings.SHEET_MAX_BYTES:
        raise SheetRefused(_("The file is larger than 20 MB. Split it."))
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as problem:
        raise SheetRefused(_("The file isn't in UTF-8. Save it as “CSV UTF-8”.")) from problem
    if "\0" in text:
        raise SheetRefused(_("This isn't a CSV file that can be read."))
    return text


def _require_columns(names: Collection[str], own: Collection[str]) -> None:
    if "id" not in names:
        raise SheetRefused(_("The file needs a column “id”. Export the clips first, and edit that file."))
    if not own and not set(names) & {*WORDS, *stating.NAMES, *bulk_terms.COLUMNS}:
        raise SheetRefused(
            _("The file needs a column “title”, “description”, “tags”, one of rights or one of a field.")
        )
    for name in ("id", *WORDS, *stating.NAMES, *bulk_terms.COLUMNS, UNCHANGED, *map(field_columns.name, own)):
        if list(names).count(name) > 1:
            raise SheetRefused(_("The column “%(name)s” is there twice.") % {"name": name})


def _read(line: int, cells: Mapping[str, str], names: Collection[str], own: Collection[str]) -> Row:
    try:
        key = UUID(cells.get("id", "").strip())
    except ValueError:
        raise SheetRefused(_("The id isn't one of a clip."), column="id") from None
    wanted = [name for name in (*WORDS, *stating.NAMES, *bulk_terms.COLUMNS) if name in names]
    if any(name not in cells for name in [*wanted, *map(field_columns.name, own)]):
        raise SheetRefused(_("The row is shorter than the first one."))
    given = {name: typed(cells[name]) for name in wanted}
    return Row(
        line,
        key,
        title=given.get("title"),
        description=given.get("description"),
        tags=_tags(given["tags"]) if "tags" in given else None,
        stated={name: given[name] for name in stating.NAMES if name in given},
        terms={name: given[name] for name in bulk_terms.COLUMNS if name in given},
        seen_at=_moment(cells.get(UNCHANGED, "")),
        cells={key: typed(cells[field_columns.name(key)]) for key in own},
    )


def _tags(text: str) -> tuple[str, ...]:
    try:
        return tags.parse(text)
    except tags.TagRefused as refused:
        raise SheetRefused(refused.message, column="tags") from refused


def _moment(text: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        said = datetime.fromisoformat(text.strip())
        at = said.astimezone(UTC) if said.tzinfo else _bare(text.strip(), said)
    except (ValueError, OverflowError):  # the latter at the ends of the calendar
        at = None
    if at is None:
        raise SheetRefused(
            _("“updated_at” isn't a date and time as they are exported. Delete the column."), column=UNCHANGED
        )
    return at


def _bare(text: str, at: datetime) -> datetime | None:
    """A moment that a spreadsheet has rewritten: in UTC, as it was exported, and its whole minute or second.

    None for a day alone: a clip may have changed after that and before the export.
    """
    if ":" not in text:
        return None
    left = timedelta(minutes=1) if text.count(":") == 1 else timedelta(seconds=1)
    whole = at if at.microsecond else at + left - timedelta(microseconds=1)
    return whole.replace(tzinfo=UTC)
