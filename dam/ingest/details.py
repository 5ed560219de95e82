"""What its sender says of a file while its bytes travel: kept with the upload, put onto the clip made of it.

Checked when it is said, and again when it is put on: fields and roles change meanwhile. What can't be put on
by then is told with the upload, and stays there.
"""

import time
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from psycopg.errors import LockNotAvailable

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog import assets, tags, versions
from dam.catalog.models import Approval, DeclaredOrigin, Version
from dam.core import errors
from dam.core.language import number
from dam.custom_fields import clip_kinds, reading, schema, values
from dam.custom_fields.definitions import Kind
from dam.ingest.models import PARTIAL, Upload, UploadState
from dam.rights import statements
from dam.rights.statements import Statements
from dam.search import fulltext

RIGHTS = tuple(statements.LONGEST)
TEXTS = ("title", *RIGHTS, "declared_origin", "note")
MOST_AT_ONCE = 200  # uploads that one request is about
PATIENCE_SECONDS = 2.0  # for all of those that are being written to
# Of these nothing becomes, or became, a clip of its own.
OVER = (UploadState.REFUSED, UploadState.CANCELLED, UploadState.KNOWN)


@dataclass(frozen=True)
class Details:
    """What is empty isn't said. `fields` are the brand's own by their keys, typed or as `checked` read."""

    title: str = ""
    tags: tuple[str, ...] = ()
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    licence: str = ""
    rights_holder: str = ""
    restriction: str = ""
    credit_line: str = ""
    exclusivity: str = ""
    channels: str = ""
    audience: str = ""
    declared_origin: str = ""
    note: str = ""  # what changed, of a next version

    def kept(self) -> dict[str, Any]:
        """As Upload.details holds it."""
        return {name: value for name, value in asdict(self).items() if value}

    def over(self, before: "Details") -> "Details":
        """These put over what was said before: the tags are added to it, all else takes its place."""
        said = {**before.kept(), **self.kept()}
        said["tags"] = tuple(dict.fromkeys((*before.tags, *self.tags)))
        return Details(**{**said, "fields": {**before.fields, **self.fields}})


class DetailsRefused(errors.Refused):
    """Something that was said can't be: `problems`, sentences by the detail's name or `own-<field>`."""

    code = "details"

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__(" ".join(self.problems.values()))


class TooMany(errors.TooMany):
    """More uploads are named than one request is about."""

    def __init__(self) -> None:
        super().__init__(_("Name at most %(most)s uploads at once.") % {"most": number(MOST_AT_ONCE)})


def of(upload: Upload) -> Details:
    """What is said of it so far; what isn't known any more is left out."""
    kept = upload.details if isinstance(upload.details, dict) else {}
    texts = {name: str(kept.get(name, "")) for name in TEXTS}
    fields = {key: tuple(map(str, typed)) for key, typed in dict(kept.get("fields") or {}).items()}
    return Details(**texts, tags=tuple(map(str, kept.get("tags") or ())), fields=fields)


def checked(details: Details, *, brand: Brand, before: Details) -> Details:
    """The same with its fields as they are kept, whoever reads them later in whatever language.

    A number that stands there as `before` had it isn't read anew. Raises DetailsRefused with everything that
    is wrong, at once.
    """
    problems: dict[str, str] = {}
    title, names, note = details.title, details.tags, details.note
    try:
        title = assets.clean_title(title) if title else ""
    except errors.Refused as refused:
        problems["title"] = refused.message
    try:
        note = versions.clean_note(note)
    except versions.NoteRefused as refused:
        problems["note"] = refused.message
    try:
        names = tags.clean(names)
    except tags.TagRefused as refused:
        problems["tags"] = refused.message
    problems |= statements.problems_of({name: getattr(details, name) for name in RIGHTS})
    if details.declared_origin and details.declared_origin not in DeclaredOrigin.values:
        problems["declared_origin"] = _("Choose one of the origins listed.")
    found, wrong = _fields_read(details, brand, before)
    problems |= {f"own-{key}": message for key, message in wrong.items()}
    if problems:
        raise DetailsRefused(problems)
    return replace(details, title=title, tags=names, fields=found, note=note)


def _fields_read(
    details: Details, brand: Brand, before: Details
) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    known = schema.of(brand)
    named = [known[key] for key in details.fields if key in known and not known[key].retired]
    unknown = details.fields.keys() - {each.key for each in named}
    problems = {key: _("There is no field “%(key)s” in this brand.") % {"key": key[:60]} for key in unknown}
    people = values.people_of(brand) if any(each.kind is Kind.PERSON for each in named) else {}
    found: values.Values = {}
    for each in named:
        try:
            kept = before.fields.get(each.key, ())
            found[each.key] = reading.read(each, details.fields[each.key], people=people, kept=kept)
        except reading.ValueRefused as refused:
            problems[each.key] = refused.message
    if not problems:
        try:
            reading.require_fit(known, found, changed=list(found))
        except reading.ValueRefused as refused:
            problems[refused.field] = refused.message
    return found, problems


@dataclass(frozen=True)
class Said:
    """What became of it: `problems` by upload, and those that were `busy`, of which nothing was kept."""

    problems: Mapping[UUID, str]
    busy: frozenset[UUID] = frozenset()


def say(details: Details, ids: Collection[UUID], *, by: Principal, anew: bool = False) -> Said:
    """Keep it with these uploads of `by`, or put it onto the clips they have become.

    It goes over what was said before, or with `anew` takes its place. Uploads that ended, are another's or
    another brand's are passed over. An upload is held while a piece of it goes into storage, which may take
    long: whoever says something waits for that a little while, and holds up no other upload meanwhile.
    Raises DetailsRefused, TooMany, PermissionDenied.
    """
    by.require(Capability.UPLOAD)
    by.require(Capability.EDIT)
    if len(ids) > MOST_AT_ONCE:
        raise TooMany
    mine = Upload.objects.filter(brand=by.brand, user=by.user, pk__in=ids).exclude(concat=PARTIAL)
    before = mine.first() if anew else None
    details = checked(details, brand=by.brand, before=of(before) if before else Details())
    coming = mine.exclude(state__in=(*OVER, UploadState.TAKEN)).order_by("pk")
    busy = set(coming.values_list("pk", flat=True))

    def keep(rows: QuerySet[Upload]) -> None:
        found = list(rows)
        for row in found:
            row.details = (details if anew else details.over(of(row))).kept()
        Upload.objects.bulk_update(found, ["details"])
        busy.difference_update(row.pk for row in found)

    with transaction.atomic():
        keep(coming.select_for_update(skip_locked=True))
    until = time.monotonic() + PATIENCE_SECONDS
    for key in sorted(busy):
        left = max(1, int(1000 * (until - time.monotonic())))
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{left}ms"])
                keep(coming.filter(pk=key).select_for_update())
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
    busy &= set(coming.values_list("pk", flat=True))
    # Ready first: nothing is lost. Each by itself, as its clip is locked for it.
    problems: dict[UUID, str] = {}
    for row in mine.filter(state=UploadState.TAKEN, version__isnull=False).select_related("version__asset"):
        assert row.version is not None
        if said := put_on(row.version, details, own=row.asset_id is None, by=by):
            problems[row.pk] = said
    return Said(problems, frozenset(busy))


def put_on_new(upload_id: UUID, version: Version) -> str:
    """Put what was said of the upload onto the version it becomes, in its transaction; what couldn't be put.

    By the person who sent it, as they stand now.
    """
    upload = Upload.objects.select_for_update(of=("self",)).select_related("user", "brand").get(pk=upload_id)
    details = of(upload)
    if not details.kept():
        return ""
    by = principals.member(upload.user, upload.brand)
    if by is None:
        return _("You no longer work in this brand, so its details weren't kept.")
    return put_on(version, details, own=upload.asset_id is None, by=by)


def put_on(version: Version, details: Details, *, own: bool, by: Principal) -> str:
    """Put what was said onto the version and, where it is a clip of its `own`, onto the clip.

    What can't be is told in the sentence returned; all else is put on.
    """
    told = _of_other_kinds(version, details) if own else []
    for put in (_rights, _words, _fields) if own else (_rights, _note):
        try:
            with trail.recording():
                put(version, details, by=by)
        except (errors.Refused, PermissionDenied) as refused:
            told.append(str(refused))
    return " ".join(dict.fromkeys(told))


def _of_other_kinds(version: Version, details: Details) -> list[str]:
    """What was said in fields that turn out not to be for such a clip; it stays with the upload."""
    known = schema.of(version.brand)
    others = [known[key] for key in details.fields if key in known and not known[key].is_for(version.kind)]
    return [clip_kinds.refusal(each) for each in others]


def _words(version: Version, details: Details, *, by: Principal) -> None:
    if details.title or details.tags:
        names = (*version.asset.tags.values_list("name", flat=True), *details.tags) if details.tags else None
        assets.edit(version.asset, by=by, title=details.title or None, tag_names=names)
        fulltext.refresh(version.asset)


def _fields(version: Version, details: Details, *, by: Principal) -> None:
    if not details.fields:
        return
    by.require(Capability.EDIT, brand=version.brand)
    known = schema.of(by.brand)
    values.require_known(details.fields, known)
    asked = known.asked_of(version.kind)
    said = {key: typed for key, typed in details.fields.items() if key in asked}
    locked = assets.lock([version.asset])
    before = values.of(locked, known=known)
    has, people = before[version.asset_id], values.people_of(by.brand)
    # As they are kept already: a number isn't read a second time, in another language perhaps.
    wanted = values.read(known, said, has, people=people, seen=said)
    reading.require_fit(known, {**has, **wanted}, changed=list(wanted))
    if values.save({locked[0]: wanted}, before, known, by=by):
        fulltext.refresh(version.asset)


def _note(version: Version, details: Details, *, by: Principal) -> None:
    """What was said of the change after the version was made, or in the moment that it was."""
    if not details.note:
        return
    by.require(Capability.EDIT, brand=version.brand)
    now = versions.locked(version.pk)
    if details.note == now.note:
        return
    Version.objects.filter(pk=now.pk).update(note=details.note)
    trail.record(
        Verb.ASSET_EDITED,
        brand=now.brand,
        target=now.asset.title,
        actor=by,
        asset_id=now.asset_id,
        data={"version_note": [now.note, details.note], "number": now.number},
    )


def _rights(version: Version, details: Details, *, by: Principal) -> None:
    """Statements about a draft; what a review has in hand or has decided on stays as it was read there."""
    stated = asdict(statements.clean(Statements(**{name: getattr(details, name) for name in RIGHTS})))
    said = {name: text for name, text in stated.items() if text}
    if not said and not details.declared_origin:
        return
    by.require(Capability.EDIT, brand=version.brand)
    now = versions.locked(version.pk)
    if now.approval != Approval.DRAFT:
        raise errors.Refused(_("Rights and origin stay as they are once a version is in review."))
    besides: dict[str, object] = {}
    if details.declared_origin not in ("", now.declared_origin):
        besides["declared_origin"] = [now.declared_origin, details.declared_origin]
        Version.objects.filter(pk=now.pk).update(declared_origin=details.declared_origin)
    statements.put(now, replace(statements.of(now), **said), by=by, besides=besides)
