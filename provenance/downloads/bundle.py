"""Many releases as one ZIP: what goes in, what doesn't and why, and the file itself with its list."""

import csv
import hashlib
import io
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import times
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.export import harmless
from dam.audit.verbs import Verb
from dam.catalog.models import Version
from dam.core import failures, storage
from dam.core.storage import Unavailable
from dam.delivery import access
from dam.ingest import filenames
from dam.media.caption_files import Format
from dam.media.overlay import Notice
from dam.media.presets import Captions, Recipe
from dam.rights import policy, terms, territories
from dam.rights.model_licences import standings
from dam.rights.policy import Use
from dam.rights.visibility import visible_assets, visible_versions
from provenance.downloads import captioning, companions, labelled, preset_files
from provenance.downloads.captioning import ChosenCaptions
from provenance.downloads.companions import Companion
from provenance.downloads.models import UNDER_WAY, DownloadPreset, FileState, PresetFile
from provenance.downloads.zip_stream import Writer
from provenance.releases import renewals
from provenance.releases.models import Release, ReleaseRenewal
from provenance.releases.states import ReleaseStatus

log = logging.getLogger(__name__)

MOST = 200  # clips in one
BLOCK = 256 * 1024
LISTS = ("contents.csv", "contents.json")
COLUMNS = (
    "file",
    "title",
    "version",
    "format",
    "bytes",
    "sha256",
    "uses",
    "territories",
    "valid_until",
    "not_included_because",
    "belongs_to",
)


@dataclass(frozen=True)
class Place:
    """What the ZIP is for; None: for all that each clip is cleared for. `said`: the use as it is recorded."""

    use: Use | None = None
    territory: str | None = None
    said: str = ""


ANYWHERE = Place()


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A clip that was chosen: with the file that goes in, or with the reason why none does."""

    version: Version
    release: Release | None = None
    file: Release | ReleaseRenewal | PresetFile | None = None
    reason: str = ""
    can_be_made: bool = False  # its format, by asking for it
    notices: tuple[Notice, ...] = ()  # the labels of disclosure that its file must show

    @property
    def included(self) -> bool:
        return self.file is not None


@dataclass(frozen=True, kw_only=True)
class Line:
    """What the list in the ZIP says of a file. Without a name and with a reason: a clip that isn't inside.

    `belongs_to`: the file that it is about, of captions and Content Credentials.
    """

    file: str
    title: str
    version: int
    format: str
    bytes: int
    sha256: str
    uses: tuple[str, ...]
    territories: tuple[str, ...]
    valid_until: str
    reason: str
    belongs_to: str = ""


def entries(
    asset_ids: Sequence[UUID],
    *,
    by: Principal,
    preset: DownloadPreset | None,
    place: Place = ANYWHERE,
    at: datetime,
    credentials: bool = False,
) -> list[Entry]:
    """Of the chosen clips those that this person sees, in the order of the choice. A few queries for all.

    What they see no version of isn't there: nothing is said of it. One that must show a label in that `place`
    comes with it, in the usual format of its kind where none was chosen. `credentials`: with those of the
    files that have no place for them.
    """
    seen = list(visible_assets(by).filter(pk__in=list(asset_ids)[:MOST]).values_list("pk", flat=True))
    rows = visible_versions(by).filter(asset__in=seen, released_of__isnull=False)
    released = {
        row.asset_id: row
        for row in rows.select_related("asset", "brand", "rights", "inherited").prefetch_related("renditions")
    }
    latest = {
        row.asset_id: row
        for row in visible_versions(by)
        .filter(asset__in=set(seen) - released.keys(), latest_of__isnull=False)
        .select_related("asset", "brand", "rights", "inherited")
    }
    shown = {**latest, **released}
    releases = {
        each.version_id: each
        for each in Release.objects.filter(
            version__in=released.values(), state=ReleaseStatus.READY
        ).select_related("renewal")
    }
    versions = [shown[key] for key in asset_ids if key in shown]
    fresh = standings.unspread(by.brand.pk)
    found = [
        _entry(version, releases.get(version.pk), by=by, place=place, at=at, fresh=fresh)
        for version in versions
    ]
    return _in_format(found, preset, credentials=credentials)


def _entry(
    version: Version, release: Release | None, *, by: Principal, place: Place, at: datetime, fresh: bool
) -> Entry:
    verdict = access.may_download(by, version, at=at, use=place.use, territory=place.territory, fresh=fresh)
    if not verdict.allowed:
        return Entry(version=version, reason=" ".join(verdict.reasons))
    if release is None:
        return Entry(version=version, reason=_("It has no signed release yet."))
    needed = labelled.required(version, use=place.use, territory=place.territory, at=at)
    notices = labelled.notices(needed, territory=place.territory)
    return Entry(version=version, release=release, file=renewals.file_of(release), notices=notices)


def _in_format(found: list[Entry], preset: DownloadPreset | None, *, credentials: bool) -> list[Entry]:
    """The same with the preset's files, as far as they are made; without one, those with a label alone."""
    made = [entry for entry in found if entry.release is not None and (preset or entry.notices)]
    if not made:
        return found
    versions = [entry.version.pk for entry in made]
    captioned = preset is not None and preset.recipe["captions"] != Captions.NONE
    chosen = captioning.of_many(versions) if captioned else {}
    wanted = {
        entry.version.pk: preset_files.wanted(
            entry.release,
            entry.version.asset,
            preset or labelled.as_it_is(entry.version),
            captions=chosen.get(entry.version.pk, ChosenCaptions()),
            frame=preset_files.still_frame(entry.version),
            watermark=entry.version.brand.watermarks,
            notices=entry.notices,
        )
        for entry in made
        if entry.release is not None
    }
    rows = PresetFile.objects.filter(
        release__in=[entry.release for entry in made if entry.release],
        digest__in={digest for _recipe, digest in wanted.values()},
    ).exclude(state=FileState.CLEARED)
    rows = companions.with_credentials(rows) if credentials else rows
    files = {(row.version_id, row.digest): row for row in rows.order_by("created_at")}
    return [
        _formatted(
            entry,
            files.get((entry.version.pk, wanted[entry.version.pk][1])),
            recipe=wanted[entry.version.pk][0],
            said=chosen.get(entry.version.pk, ChosenCaptions()).said,
        )
        if entry.version.pk in wanted
        else entry
        for entry in found
    ]


def _formatted(entry: Entry, file: PresetFile | None, *, recipe: Recipe, said: str) -> Entry:
    if file is not None and not preset_files.shows(file):
        file = None
    if file is not None and file.state == FileState.READY:
        return replace(entry, file=file)
    if file is not None and file.state in UNDER_WAY:
        return replace(entry, file=None, reason=_("This format is being made."))
    if obstacle := preset_files.obstacle(entry.version, recipe, said=said):
        return replace(entry, file=None, reason=obstacle)
    reason = _("This format hasn't been made yet.")
    if file is not None and file.state == FileState.FAILED:
        reason = _("This format couldn't be made: %(reason)s") % {"reason": failures.shown(file.reason)}
    return replace(entry, file=None, reason=reason, can_be_made=True)


def stream(
    chosen: Sequence[UUID],
    *,
    by: Principal,
    preset: DownloadPreset | None,
    place: Place = ANYWHERE,
    captions: Format | None = None,
    at: Callable[[], datetime],
) -> Iterator[bytes]:
    """The ZIP, piece by piece. Whether a clip may leave is asked when its turn comes, perhaps hours later.

    `captions`: those of each clip lie beside its file in that form.
    """
    writer, lines = Writer(), []
    for name in LISTS:
        writer.name_for(name)
    for key in chosen[:MOST]:
        for entry in entries([key], by=by, preset=preset, place=place, at=at(), credentials=True):
            name, with_it = "", []
            if entry.file is not None:
                try:
                    file = storage.open_file(entry.file.storage_key)
                except (FileNotFoundError, Unavailable):
                    log.warning("%s is not in storage.", entry.file.storage_key)
                    lines.append(_line(entry, name="", reason=_("The file is missing from storage.")))
                    continue
                name = writer.name_for(_name(entry))
                _record(entry, by=by, place=place)
                with file:
                    yield from writer.add(name, _blocks(file), at=at())
                for each in _beside(entry, name=name, captions=captions, name_for=writer.name_for):
                    yield from writer.add(each.name, [each.content], at=at())
                    with_it.append(each)
            lines.append(line := _line(entry, name=name, reason=entry.reason))
            lines += [_line_beside(line, each) for each in with_it]
    for name, text in zip(LISTS, (_as_csv(lines), _as_json(lines, by=by, at=at())), strict=True):
        yield from writer.add(name, [text.encode()], at=at())
    yield writer.end()


def clock(by: Principal) -> Callable[[], datetime]:
    """Now, where the brand is: dates in reasons are read there."""
    return lambda: times.here(by.brand)


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    while block := file.read(BLOCK):
        yield block


def _beside(
    entry: Entry, *, name: str, captions: Format | None, name_for: Callable[[str], str]
) -> Iterator[Companion]:
    assert entry.file is not None
    assert entry.release is not None
    entry.release.version = entry.version
    return companions.beside(entry.file, entry.release, name=name, form=captions, name_for=name_for)


def _line_beside(line: Line, each: Companion) -> Line:
    """Of what lies beside a clip's file, under the clip's terms."""
    return replace(
        line,
        file=each.name,
        format=each.format,
        bytes=len(each.content),
        sha256=hashlib.sha256(each.content).hexdigest(),
        belongs_to=each.belongs_to,
    )


def _name(entry: Entry) -> str:
    assert entry.file is not None
    version = entry.version
    number = f" v{version.number}" if version.number > 1 else ""
    note = f" ({entry.file.preset})" if isinstance(entry.file, PresetFile) else ""
    suffix = Path(entry.file.storage_key).suffix
    return filenames.for_disk(filenames.clean(version.asset.title.replace("/", "-") + number + note + suffix))


def _record(entry: Entry, *, by: Principal, place: Place) -> None:
    assert entry.file is not None
    version = entry.version
    data: dict[str, object] = {"sha256": entry.file.sha256, "version": version.number, "zip": True}
    data |= {
        name: said
        for name, said in (("use", place.said or place.use), ("territory", place.territory))
        if said
    }
    trail.record(
        Verb.RELEASE_DOWNLOADED,
        brand=version.brand,
        target=version.asset.title,
        actor=by,
        asset_id=version.asset_id,
        data=data,
    )
    if isinstance(entry.file, PresetFile):
        preset_files.used(entry.file, at=timezone.now())


def _line(entry: Entry, *, name: str, reason: str) -> Line:
    file, release = entry.file, entry.release
    inside = bool(name) and file is not None
    now = policy.left(
        terms.of(entry.version)
    )  # what was agreed may have been narrowed since, by a source too
    ends = min((each for each in (release and release.valid_until, now.valid_until) if each), default=None)
    places = territories.meet([release.territories, now.territories]) if release else ()
    return Line(
        file=name,
        title=entry.version.asset.title,
        version=entry.version.number,
        format=file.preset if isinstance(file, PresetFile) else _("Release"),
        bytes=(file.size or 0) if inside and file is not None else 0,
        sha256=file.sha256 if inside and file is not None else "",
        uses=tuple(use for use in release.uses if use in now.uses) if release else (),
        territories=territories.folded(places),
        valid_until=ends.isoformat() if release and ends else "",
        reason=reason,
    )


def _as_csv(lines: Iterable[Line]) -> str:
    text = io.StringIO()
    sheet = csv.writer(text, lineterminator="\r\n")
    sheet.writerow(COLUMNS)
    for line in lines:
        told = {**asdict(line), "uses": ", ".join(line.uses), "territories": ", ".join(line.territories)}
        told["not_included_because"] = line.reason
        sheet.writerow([harmless(str(told[column])) for column in COLUMNS])
    return "\ufeff" + text.getvalue()  # so that a sheet takes it for UTF-8


def _as_json(lines: Iterable[Line], *, by: Principal, at: datetime) -> str:
    whole = {
        "format": "reelproof-download/1",
        "brand": by.brand.slug,
        "at": at.isoformat(),
        "included": [asdict(line) for line in lines if line.file],
        "not_included": [
            {"title": line.title, "version": line.version, "reason": line.reason}
            for line in lines
            if not line.file
        ],
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"
