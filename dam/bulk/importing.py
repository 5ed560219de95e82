"""From a CSV file to a bulk edit: what each row would change is looked at, and nothing is changed yet."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.bulk import edits, field_columns, filling, sheets, terms
from dam.bulk.changes import Change
from dam.bulk.models import BulkEdit, BulkItem
from dam.bulk.row_fields import RowFields
from dam.bulk.sheets import Row, SheetRefused, Wrong
from dam.catalog import rewriting
from dam.catalog.models import Asset, Version
from dam.catalog.rewriting import Words
from dam.core import foreign_text
from dam.core.errors import Refused
from dam.core.language import noop
from dam.custom_fields import schema
from dam.custom_fields.definitions import EMPTY, Schema
from dam.custom_fields.values import Values
from dam.rights import consent_lists, restating, statements
from dam.rights.consent_lists import Wanted
from dam.rights.statements import Statements
from dam.rights.visibility import visible_assets

BATCH = 500
MOST_TOLD = 500  # rows whose refusal is kept; all are counted
MEANWHILE = noop("Someone has changed the clip since the file was checked. Import it again to replace that.")
MOST_NAMED = 20  # columns that aren't imported


class RowRefused(Exception):
    """A row can't be used: `reasons` by its columns; of the whole row under ""."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        self.reasons = reasons
        super().__init__(" ".join(reasons.values()))


def draft(content: bytes, name: str, *, by: Principal) -> BulkEdit:
    """A bulk edit with the rows that would change something, and a report of the others.

    Raises SheetRefused, PermissionDenied.
    """
    member = edits.require_import(by)
    known = schema.of(by.brand)
    sheet = sheets.read(content, known=known)
    if not sheet.rows and not sheet.refused:
        raise SheetRefused(_("The file has no rows."))
    wrong, same, count = list(sheet.refused), 0, 0
    with transaction.atomic():
        edit = BulkEdit.objects.create(
            brand=by.brand, requested_by=member.user, change=Change(rows=True).kept()
        )
        for start in range(0, len(sheet.rows), BATCH):
            some = sheet.rows[start : start + BATCH]
            wanted, refused = _looked_at(some, known, by=by)
            BulkItem.objects.bulk_create(
                BulkItem(edit=edit, asset_id=row.key, row=row.line, wanted=_kept(row)) for row in wanted
            )
            count += len(wanted)
            same += len(some) - len(wanted) - len({line for line, _column, _reason in refused})
            wrong += refused
        lines = sorted({line for line, _column, _reason in wrong})
        told = set(lines[:MOST_TOLD])
        edit.total = count
        edit.file = {
            "name": foreign_text.neutral(name)[:120],
            "rows": len(sheet.rows) + len(sheet.refused),
            "same": same,
            "refused": len(lines),
            "told": sorted(each for each in wrong if each[0] in told),
            "ignored": [*sheet.ignored[:MOST_NAMED], *(["…"] if len(sheet.ignored) > MOST_NAMED else [])],
        }
        edit.save(update_fields=["total", "file"])
    return edit


def _looked_at(rows: Iterable[Row], known: Schema, *, by: Principal) -> tuple[list[Row], list[Wrong]]:
    """The rows that change their clip, and what is wrong with others."""
    by_key = {row.key: row for row in rows}
    seen: dict[UUID, Asset] = visible_assets(by).in_bulk(list(by_key))
    words = rewriting.words_of(seen.values())
    known_rights = restating.of(seen.values()) if any(row.stated for row in by_key.values()) else {}
    at = timezone.now()
    about_terms = any(row.terms for row in by_key.values())
    here = terms.of(seen.values(), by=by) if about_terms else {}
    fields = RowFields.of(by_key.values(), seen.values(), known=known, by=by)
    wanted, refused = [], []
    for key, row in by_key.items():
        try:
            narrowed = checked(
                row, seen.get(key), words.get(key), fields, known_rights.get(key), here.get(key), by=by, at=at
            )
            if narrowed.was:
                wanted.append(narrowed)
        except RowRefused as problem:
            refused += [(row.line, column, reason) for column, reason in problem.reasons.items()]
    return wanted, refused


def checked(
    row: Row,
    asset: Asset | None,
    words: Words | None,
    fields: RowFields,
    rights: tuple[Version, Statements] | None = None,
    here: terms.Here | None = None,
    *,
    by: Principal,
    at: datetime | None = None,
) -> Row:
    """The row with those columns alone that change the clip, and what is there now. Raises RowRefused."""
    if asset is None or words is None:
        raise RowRefused({"": _("There is no clip of this id in the library, or you can't see it.")})
    after, reasons = words, dict[str, str]()
    for name in sheets.WORDS:
        one = Row(row.line, row.key, **{name: getattr(row, name)})
        try:
            after = rewriting.clean(one.applied(after), was=words)
        except Refused as problem:
            reasons[name] = problem.message
    changed, wrong = fields.read(row)
    reasons |= {field_columns.name(key): reason for key, reason in wrong.items()}
    was: dict[str, object] = {
        name: getattr(words, name)
        for name in sheets.WORDS
        if getattr(row, name) is not None and getattr(after, name) != getattr(words, name)
    }
    restated, wrong = _restated(row, rights, by=by)
    reasons |= wrong
    was |= {name: getattr(rights[1], name) for name in restated} if rights else {}
    own_terms, wrong = _changed_terms(row, here, by=by, at=at or timezone.now())
    reasons |= wrong
    was |= own_terms
    was |= {field_columns.name(key): fields.has[row.key].get(key, EMPTY) for key in changed}
    if not by.can(Capability.EDIT):
        editors = (*sheets.WORDS, *map(field_columns.name, changed))
        reasons |= {name: by.refusal(Capability.EDIT) for name in editors if name in was}
    if was and not reasons:
        try:
            require_seen(row, asset)
        except SheetRefused as problem:
            reasons[problem.column] = problem.message
    if reasons:
        raise RowRefused(reasons)
    return replace(
        row,
        was=was,
        fields=changed,
        stated=restated,
        terms={name: text for name, text in row.terms.items() if name in own_terms or name == terms.REASON}
        if own_terms
        else {},
        title=row.title if "title" in was else None,
        description=row.description if "description" in was else None,
        tags=row.tags if "tags" in was else None,
    )


def applied(row: Row, asset: Asset, words: Words) -> Words:
    """The words after a row that was checked; the clip is locked now. Raises Refused for what has changed."""
    after = rewriting.clean(row.applied(words), was=words)
    if after == words:
        return words
    require_seen(row, asset)
    for name in sheets.WORDS:
        if name in row.was and getattr(words, name) not in (row.was[name], getattr(after, name)):
            raise SheetRefused(_(MEANWHILE))
    return after


def filled(row: Row, has: Values, *, known: Schema, people: Mapping[str, int]) -> Values:
    """What a row that was checked changes of the fields; the clip is locked now. Raises Refused."""
    wanted = filling.applied(row.fillings, has, known=known, people=people)
    changed = {key: value for key, value in wanted.items() if value != has.get(key, EMPTY)}
    if any(has.get(key, EMPTY) != row.was[field_columns.name(key)] for key in changed):
        raise SheetRefused(_(MEANWHILE))
    return changed


def _restated(
    row: Row, rights: tuple[Version, Statements] | None, *, by: Principal
) -> tuple[dict[str, str], dict[str, str]]:
    """What the row changes of what is stated, and by its columns why something can't be."""
    if not row.stated or rights is None:
        return {}, {}
    version, now = rights
    wrong = statements.problems_of(dict(row.stated))
    if wrong:
        return {}, wrong
    after = asdict(statements.clean(replace(now, **row.stated)))
    changed = {name: after[name] for name in row.stated if after[name] != getattr(now, name)}
    if changed:
        try:
            statements.require(version, by=by)
        except Refused as refused:
            return {}, dict.fromkeys(changed, refused.message)
    return changed, {}


def _changed_terms(
    row: Row, here: terms.Here | None, *, by: Principal, at: datetime
) -> tuple[dict[str, object], dict[str, str]]:
    """What is there in the columns of terms that the row changes, and why something can't be."""
    if not row.terms or here is None:
        return {}, {}
    was, wrong = dict[str, object](), dict[str, str]()
    for name, cell in zip((terms.CONSENTS, terms.FIRST_DAY), here.cells(at=at), strict=True):
        if row.terms.get(name, cell) == cell:
            continue
        one = replace(row, terms={name: row.terms[name], terms.REASON: row.terms.get(terms.REASON, "")})
        try:
            plan = _plan(one, here, at=at)
        except Refused as refused:
            wrong[name] = refused.message
            continue
        _told, reason = terms.foreseen(plan, here, by=by, at=at)
        if reason:
            missing = (
                name == terms.FIRST_DAY and by.can(Capability.DECIDE_LEGAL) and not one.terms[terms.REASON]
            )
            wrong[terms.REASON if missing else name] = reason
        elif not plan.is_empty:
            was[name] = cell
    return was, wrong


def _plan(
    row: Row, here: terms.Here, *, at: datetime, merged: tuple[Wanted, ...] | None = None
) -> terms.Plan:
    """`merged`: its consents, in the place of what its cell says. Raises Refused."""
    steps: list[tuple[str, Wanted]] = []
    first = None
    if terms.CONSENTS in row.terms:
        wanted = merged
        if wanted is None:
            wanted = consent_lists.read_lines(row.terms[terms.CONSENTS], zone=here.zone)
        steps = consent_lists.steps(here.consents, wanted)
    if terms.FIRST_DAY in row.terms:
        day = consent_lists.read_moment(row.terms[terms.FIRST_DAY], zone=here.zone, ends=False)
        day = day if day is not None and day > at else None
        if day != here.first_day(at=at):
            first = terms.FirstDay(day, row.terms.get(terms.REASON, ""))
    return terms.Plan(tuple(steps), first)


def planned(row: Row, here: terms.Here, *, at: datetime) -> terms.Plan:
    """What a row that was checked makes of the terms; the clip is locked now. Raises Refused."""
    wanted = None
    for name, cell in zip((terms.CONSENTS, terms.FIRST_DAY), here.cells(at=at), strict=True):
        if name in row.terms and cell not in (row.was[name], row.terms[name]):
            wanted = _merged(row, here) if name == terms.CONSENTS else None
            if wanted is None:
                raise SheetRefused(_(MEANWHILE))
    return _plan(row, here, at=at, merged=wanted)


def _merged(row: Row, here: terms.Here) -> tuple[Wanted, ...] | None:
    """The consents that it wants where others have changed lines that it leaves alone, or changed them alike.

    Rows of the same file do that, too: clips share a consent.
    """
    was, wanted = (
        consent_lists.read_lines(str(text), zone=here.zone)
        for text in (row.was[terms.CONSENTS], row.terms[terms.CONSENTS])
    )
    return consent_lists.merged(consent_lists.wanted_of(here.consents), was, wanted)


def stated(row: Row, now: Statements) -> Statements:
    """What is stated after a row that was checked; the clip is locked now. Raises Refused."""
    for name, text in row.stated.items():
        if getattr(now, name) not in (row.was[name], text):
            raise SheetRefused(_(MEANWHILE))
    return replace(now, **row.stated)


def require_seen(row: Row, asset: Asset) -> None:
    if row.seen_at is not None and asset.updated_at > row.seen_at:
        raise SheetRefused(
            _("The clip has changed since the export. Delete the column “updated_at” to replace that."),
            column=sheets.UNCHANGED,
        )


def rows_of(items: Iterable[BulkItem]) -> dict[UUID, Row]:
    """What the file wants of these clips."""
    return {item.asset_id: _read(item.asset_id, item.row or 0, item.wanted or {}) for item in items}


def _kept(row: Row) -> dict[str, Any]:
    kept = {"title": row.title, "description": row.description, "tags": row.tags}
    was = {name: sorted(value) if isinstance(value, frozenset) else value for name, value in row.was.items()}
    seen_at = {"seen_at": row.seen_at.isoformat()} if row.seen_at else {}
    fields: dict[str, Any] = {"fields": row.fields} if row.fields else {}
    fields |= {"stated": dict(row.stated)} if row.stated else {}
    fields |= {"terms": dict(row.terms)} if row.terms else {}
    words = {name: value for name, value in kept.items() if value is not None}
    return {**words, "was": was, **fields, **seen_at}


def _read(key: UUID, line: int, kept: Mapping[str, Any]) -> Row:
    names, seen_at, was = kept.get("tags"), kept.get("seen_at"), kept.get("was", {})
    return Row(
        line,
        key,
        title=kept.get("title"),
        description=kept.get("description"),
        tags=None if names is None else tuple(names),
        seen_at=datetime.fromisoformat(seen_at) if seen_at else None,
        was={name: _was(name, value) for name, value in was.items()},
        stated={name: str(text) for name, text in kept.get("stated", {}).items()},
        terms={name: str(text) for name, text in kept.get("terms", {}).items()},
        fields={name: tuple(value) for name, value in kept.get("fields", {}).items()},
    )


def _was(column: str, value: Any) -> object:
    if column == "tags":
        return frozenset(value)
    return tuple(value) if column.startswith(field_columns.PREFIX) else value
