"""The verbs of a file made by a preset: ask for it, claim, keep, fail, put back, cancel, clear.

Rows move by conditional update. What must happen after a commit follows from the rows: recovery sends it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import principals, turns
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog import stored_files
from dam.catalog.models import Asset, AssetKind, RenditionKind, Version
from dam.core import errors, events, tasks
from dam.core.storage import Stored
from dam.core.text import storable
from dam.delivery import access
from dam.ingest import backoff, holding
from dam.media import encoders, presets
from dam.media.overlay import Notice
from dam.media.presets import Captions, Medium, Recipe
from provenance.downloads import captioning
from provenance.downloads.captioning import ChosenCaptions
from provenance.downloads.likeness import Movie
from provenance.downloads.models import UNDER_WAY, DownloadPreset, FileState, PresetFile
from provenance.releases.models import Release
from provenance.releases.states import ReleaseStatus
from provenance.sidecars import store
from provenance.watermarks import marks
from provenance.watermarks.marks import Chosen

TASK = "transcode.preset"
QUEUE = "transcode"
MOST_ATTEMPTS = 3  # of workers that died over it
MOST_ROUNDS = 5  # of looking for one that no other worker takes at the same moment
MOST_WAITING = 200  # of one person
LIMIT = timedelta(hours=6)  # one that runs longer is lost


class DownloadRefused(errors.Refused):
    """The file can't be made; the message says why."""

    code = "download_refused"


class Lost(Exception):
    """The file is no longer this worker's: cancelled, or in other hands. Nothing was written."""


def wanted(
    release: Release,
    asset: Asset,
    preset: DownloadPreset,
    *,
    captions: ChosenCaptions,
    frame: int,
    watermark: bool,
    notices: tuple[Notice, ...] = (),
) -> tuple[Recipe, str]:
    """The preset's recipe, with the labels it must show, and the digest of the file that it makes now.

    `watermark`: whether the brand wants one in it.
    """
    recipe = replace(Recipe.from_json(preset.recipe), notices=notices, watermark=watermark)
    if recipe.spec.medium is Medium.SOUND:
        recipe = replace(recipe, watermark=False)  # there is no picture to put one into
    if recipe.captions is not Captions.NONE:
        recipe = replace(recipe, language=captions.language)
    focus = (asset.focus_x, asset.focus_y)
    return recipe, presets.digest(recipe, focus=focus, captions=captions.said, frame=frame)


def obstacle(version: Version, recipe: Recipe, *, said: str) -> str:
    """Why such a file can't be made of the version at all; empty where it can. `said`: its captions."""
    if missing := encoders.missing(recipe):
        names = ", ".join(missing)
        return _("FFmpeg on this server can't make this format: it lacks %(names)s.") % {"names": names}
    if recipe.notices and version.kind == AssetKind.SOUND:
        return _(
            "Sound can't show a label. A legal reviewer can waive it on the tab Rights, for example where "
            "the recording says it."
        )
    if not serves(recipe, version) or not version.media_info:
        return _("This format can't be made of this kind of clip.")
    if recipe.captions is not Captions.NONE and not said:
        return _(
            "This preset needs captions, and this clip has none. Add captions, or choose another preset."
        )
    animated = recipe.spec.medium is Medium.ANIMATION
    if animated and (version.duration_ms or 0) > presets.LONGEST_ANIMATION_MS:
        return _(
            "%(format)s is for clips of up to %(seconds)s seconds. Choose a video format for this one."
        ) % {"format": _(recipe.spec.title), "seconds": presets.LONGEST_ANIMATION_MS // 1000}
    return ""


def serves(recipe: Recipe, version: Version) -> bool:
    """Whether files by this recipe are made of clips of the version's kind at all."""
    return version.kind in recipe.spec.medium.of


def still_frame(version: Version) -> int:
    """The frame of the poster; of a clip whose poster doesn't say, the one in the middle."""
    poster = next((each for each in version.renditions.all() if each.kind == RenditionKind.POSTER), None)
    frame = poster.details.get("frame") if poster else None
    return int(frame) if isinstance(frame, int) else (version.frame_count or 0) // 2


def of_release(release: Release, digests: Iterable[str]) -> dict[str, PresetFile]:
    """Of these files of a release those that were asked for, the newest of each."""
    rows = PresetFile.objects.filter(release=release, digest__in=list(digests)).exclude(
        state=FileState.CLEARED
    )
    return {row.digest: row for row in rows.order_by("created_at")}


def request(
    version: Version,
    preset: DownloadPreset,
    *,
    by: Principal,
    notices: tuple[Notice, ...] = (),
    language: str = "",
    at: datetime | None = None,
) -> PresetFile:
    """Have the file made, unless it is there or on its way; whoever asks next gets the same one.

    `notices` are the labels of disclosure that it is to show, `language` that of its captions where there are
    several. Reads `version.asset` and `version.rights`. Raises DownloadRefused, PermissionDenied.
    """
    by.require(Capability.DOWNLOAD_RELEASE, brand=version.brand)
    at = at or timezone.now()
    verdict = access.may_download(by, version, at=at, named=True)
    release = Release.objects.filter(version=version, state=ReleaseStatus.READY).first()
    if not verdict.allowed or release is None:
        raise DownloadRefused(" ".join(verdict.reasons) or _("This version has no release to download."))
    asset = version.asset
    chosen = (
        captioning.of(version, language) if preset.recipe["captions"] != Captions.NONE else ChosenCaptions()
    )
    frame = still_frame(version)
    recipe, digest = wanted(
        release,
        asset,
        preset,
        captions=chosen,
        frame=frame,
        watermark=version.brand.watermarks,
        notices=notices,
    )
    if hindered := obstacle(version, recipe, said=chosen.said):
        raise DownloadRefused(hindered)
    there = of_release(release, [digest]).get(digest)
    if there is not None and not shows(there):
        clear(there)
        there = None
    if there is not None and there.state in (*UNDER_WAY, FileState.READY):
        return there
    person = principals.person(by)
    waiting = PresetFile.objects.filter(brand=by.brand, user=person, state=FileState.WAITING)
    if waiting.count() >= MOST_WAITING:
        raise DownloadRefused(
            _("%(count)s files that you asked for are waiting already. Wait for some of them.")
            % {"count": MOST_WAITING}
        )
    try:
        with trail.recording():
            file = PresetFile.objects.create(
                brand=version.brand,
                release=release,
                version=version,
                user=person,
                preset=preset.name,
                recipe=recipe.to_json(),
                focus_x=asset.focus_x,
                focus_y=asset.focus_y,
                frame=frame,
                digest=digest,
                created_at=at,
                sends=1,
                due_at=backoff.next_send(at, sends=0),
            )
            _record(Verb.RENDITION_REQUESTED, file, by=by)
            send(file)
    except IntegrityError:  # somebody asked at the same moment
        return PresetFile.objects.get(release=release, digest=digest, state__in=(*UNDER_WAY, FileState.READY))
    return file


def shows(file: PresetFile) -> bool:
    """Whether a finished file has the labels it was asked for with: workers of older releases knew none."""
    asked = {each["key"] for each in file.recipe.get("notices", ())}
    return file.state != FileState.READY or asked <= set(file.carries)


def may_cancel(file: PresetFile, *, by: Principal) -> bool:
    """Whoever asked for it, and those who look after work in the brand."""
    own = by.user is not None and by.user.pk == file.user_id
    return file.state in UNDER_WAY and (own or by.can(Capability.RETRY))


def cancel(file: PresetFile, *, by: Principal, at: datetime | None = None) -> None:
    """Its worker notices at its next sign of progress. Raises DownloadRefused."""
    if not may_cancel(file, by=by):
        raise DownloadRefused(
            _("Only the person who asked for this file can cancel it, while it is being made.")
        )
    with trail.recording():
        rows = PresetFile.objects.filter(pk=file.pk, state__in=UNDER_WAY)
        if rows.update(
            state=FileState.CANCELLED, finished_at=at or timezone.now(), held_until=None, claim=""
        ):
            _record(Verb.RENDITION_CANCELLED, file, by=by)


def send(file: PresetFile) -> None:
    """To a worker, once the transaction has committed."""
    waiting = PresetFile.objects.filter(pk=file.pk, state=FileState.WAITING)
    tasks.enqueue(TASK, unsent=lambda: waiting.update(due_at=timezone.now()), file_id=str(file.pk))
    publish(file)


def claim(file_id: UUID | str, *, token: str, at: datetime) -> PresetFile | None:
    """The file whose turn it is, the one that the message names among those of the same person.

    None where nothing waits, and nothing whose worker is gone.
    """
    lost = PresetFile.objects.filter(_lost(at), pk=file_id).first()
    if lost is not None:
        return _claim(lost, token=token, at=at)
    waiting = PresetFile.objects.filter(state=FileState.WAITING, reason="").order_by("created_at", "pk")
    asked = waiting.filter(pk=file_id).first()
    for _round in range(MOST_ROUNDS):
        found = False
        for row in turns.rows(QUEUE, waiting):
            found = True
            if asked is not None and (asked.brand_id, asked.user_id) == (row.brand_id, row.user_id):
                row = asked
            claimed = _claim(row, token=token, at=at)
            if claimed is not None:
                return claimed
        if not found:
            break
        asked = None
    own = PresetFile.objects.filter(pk=file_id, state=FileState.WAITING).first()
    return _claim(own, token=token, at=at) if own is not None else None


def progress(file: PresetFile, percent: int) -> None:
    """Keep how far it is. Raises Lost when it is no longer this worker's."""
    if not _own(file).update(progress=percent):
        raise Lost
    publish(file)


def keep(
    file: PresetFile,
    stored: Stored,
    *,
    movie: Movie,
    content_type: str,
    at: datetime,
    pictures_sha256: str = "",
    watermark: Chosen | None = None,
    sidecar: bytes = b"",
) -> None:
    """It is there for everybody from now on. Raises Lost."""
    made, score, first = movie.made, movie.score, movie.first
    with trail.recording():
        standing = Release.objects.select_for_update().filter(pk=file.release_id, state=ReleaseStatus.READY)
        if not standing.exists():
            raise DownloadRefused(_("The release was withdrawn or replaced while this file was being made."))
        kept = _own(file).update(
            state=FileState.READY,
            progress=100,
            reason="",
            log=storable(made.log),
            claim="",
            held_until=None,
            finished_at=at,
            used_at=at,
            sha256=stored.sha256,
            size=stored.size,
            storage_key=stored.key,
            content_type=content_type,
            pictures_sha256=pictures_sha256,
            carries=[each["key"] for each in file.recipe.get("notices", ())],
            width=made.width,
            height=made.height,
            loudness=made.loudness,
            vmaf=score.mean if score else None,
            vmaf_low=score.low if score else None,
            vmaf_first=first.mean if first else None,
        )
        if not kept:
            raise Lost
        marks.keep(watermark, file.version, at=at, release_id=file.release_id, preset_file_id=file.pk)
        if sidecar:
            store.keep(file.release, sha256=stored.sha256, content=sidecar)
        _record(Verb.RENDITION_SIGNED, file, data={"sha256": stored.sha256}, at=at)


def fail(file: PresetFile, *, reason: str, log: str = "", at: datetime) -> None:
    with trail.recording():
        fields = {
            "reason": reason[:300],
            "log": storable(log),
            "finished_at": at,
            "held_until": None,
            "claim": "",
        }
        if not _own(file).update(state=FileState.FAILED, **fields):
            raise Lost
        _record(Verb.RENDITION_FAILED, file, data={"reason": reason[:300]}, at=at)


def put_back(file: PresetFile, *, reason: str = "", at: datetime) -> None:
    """Leave it to another worker: at once, or, when something was away, after a while and not for ever."""
    fields: dict[str, Any] = {"state": FileState.WAITING, "attempts": F("attempts") - 1, "progress": 0}
    fields |= {"claim": "", "held_until": None, "reason": reason[:300]}
    if not reason:
        fields["due_at"] = at
    elif file.interruptions + 1 >= backoff.MOST_INTERRUPTIONS:
        fail(file, reason=reason, at=at)
        return
    else:
        fields["due_at"] = backoff.next_retry(at, interruptions=file.interruptions)
        fields["interruptions"] = F("interruptions") + 1
    if not _own(file).update(**fields):
        raise Lost
    publish(file)


def used(file: PresetFile, *, at: datetime) -> None:
    """Somebody has it: it is kept on. Written once an hour at most."""
    PresetFile.objects.filter(pk=file.pk).filter(
        Q(used_at=None) | Q(used_at__lt=at - timedelta(hours=1))
    ).update(used_at=at)


def clear(file: PresetFile) -> bool:
    """Let its file go; what it was stays known. It is made again when somebody asks."""
    if not file.storage_key:
        return False
    stored = Stored(key=file.storage_key, sha256=file.sha256, size=file.size or 0)
    with transaction.atomic():
        rows = PresetFile.objects.filter(pk=file.pk, state=FileState.READY)
        if not rows.update(state=FileState.CLEARED, storage_key=""):
            return False
        stored_files.drop(stored, brand_id=file.brand_id)
        publish(file)
    return True


def publish(file: PresetFile) -> None:
    """To everybody who sees the release: what is made of it is made for all of them."""
    events.publish(brand_id=file.brand_id, name=f"downloads-{file.version_id}", to_all=True)


def lost(at: datetime) -> QuerySet[PresetFile]:
    """Those whose worker gives no sign of life, or has been at it for too long."""
    return PresetFile.objects.filter(_lost(at))


def _lost(at: datetime) -> Q:
    return Q(state=FileState.RUNNING) & (holding.free(at) | Q(started_at__lt=at - LIMIT))


def _claim(file: PresetFile, *, token: str, at: datetime) -> PresetFile | None:
    rows = PresetFile.objects.filter(Q(state=FileState.WAITING) | _lost(at), pk=file.pk)
    with transaction.atomic():
        claimed = rows.filter(attempts__lt=MOST_ATTEMPTS).update(
            state=FileState.RUNNING,
            claim=token,
            attempts=F("attempts") + 1,
            progress=0,
            reason="",
            log="",
            started_at=at,
            finished_at=None,
            held_until=holding.until(at),
        )
        if claimed:
            turns.take(QUEUE, (file.brand_id, file.user_id), at=at)
    if not claimed:
        return None
    mine: PresetFile = PresetFile.objects.select_related(
        "brand", "release__version__asset", "version__asset"
    ).get(pk=file.pk)
    publish(mine)
    return mine


def give_up(file: PresetFile, *, at: datetime) -> bool:
    """One that wore out its workers."""
    rows = PresetFile.objects.filter(_lost(at), pk=file.pk, attempts__gte=MOST_ATTEMPTS)
    reason = _("The worker stopped %(attempts)s times while making this file. Its log may say why.") % {
        "attempts": file.attempts
    }
    with trail.recording():
        if not rows.update(state=FileState.FAILED, reason=reason, finished_at=at, held_until=None, claim=""):
            return False
        _record(Verb.RENDITION_FAILED, file, data={"reason": reason}, at=at)
    return True


def _own(file: PresetFile) -> QuerySet[PresetFile]:
    return PresetFile.objects.filter(pk=file.pk, state=FileState.RUNNING, claim=file.claim)


def _record(
    verb: Verb,
    file: PresetFile,
    *,
    by: Principal | None = None,
    data: Mapping[str, object] | None = None,
    at: datetime | None = None,
) -> None:
    trail.record(
        verb,
        brand=file.brand,
        target=file.version.asset.title,
        actor=by,
        asset_id=file.version.asset_id,
        data={"preset": file.preset, "version": file.version.number, **(data or {})},
        at=at,
    )
    publish(file)
