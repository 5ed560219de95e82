"""Making a preset's file: of the release's own bytes, signed as a rendition of it, read back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from dam.core import errors, storage
from dam.core.language import gettext as _
from dam.core.language import noop
from dam.ingest import disk_space
from dam.media import preset_files as media_files
from dam.media import presets, runner
from dam.media.presets import Captions, Medium, Recipe, Shape
from dam.media.probe import Kind, MediaInfo
from dam.media.sniffer import QUICKTIME
from provenance.downloads import captioning, likeness, preset_files
from provenance.downloads.captioning import ChosenCaptions
from provenance.downloads.models import PresetFile
from provenance.manifests import claims, signing, verify
from provenance.manifests.claims import NamedModel, PresetFacts
from provenance.manifests.report import Report
from provenance.manifests.validation_codes import State
from provenance.releases import file_metadata, renewals
from provenance.releases.states import ReleaseStatus
from provenance.watermarks import marks
from provenance.watermarks.marks import Chosen

ROUNDED = 2  # pixels that a side may be longer or shorter than the other's proportion
TO_SIGN = 0.97  # of the way: then it is signed and read back


class ReleaseGone(errors.Refused):
    """There is no release any more that a file could be made of."""

    code = "release_gone"
    message = noop("The release was withdrawn or replaced, so nothing was made of it.")


class ReleaseAltered(errors.Refused):
    """The stored release is not the file that was signed, or its credentials don't hold."""

    code = "release_altered"
    message = noop("The stored release isn't the file that was signed, so nothing was made of it.")


@dataclass(frozen=True)
class Signed:
    """A signed and verified file in a scratch folder."""

    path: Path
    content_type: str
    movie: likeness.Movie
    report: Report
    pictures_sha256: str = ""  # of a video's decoded pictures
    watermark: Chosen | None = None
    sidecar: bytes = b""  # with its Content Credentials, of a format that has no place for them


@contextmanager
def make(file: PresetFile, *, told: Callable[[float], None], at: datetime) -> Iterator[Signed]:
    """The file is gone when the block ends. `told` hears how far it is, 0 to 1; what it raises ends the work.

    Raises ReleaseGone, ReleaseAltered, and what the transcoder and signing.sign_preset raise.
    """
    release = file.release
    if release.state != ReleaseStatus.READY or release.version.asset.trashed_at is not None:
        raise ReleaseGone
    recipe = Recipe.from_json(file.recipe)
    disk_space.require_work(release.size or 0)
    current = renewals.current(release)
    if current is None:
        raise ReleaseGone
    with storage.local_copy(current.key) as source, storage.scratch() as folder:
        if storage.sha256_of(source) != current.sha256:
            raise ReleaseAltered
        before = verify.check(source)
        if before.state not in (State.TRUSTED, State.VALID):
            raise ReleaseAltered
        info = runner.probe(source)
        encoded = folder / f"encoded{recipe.spec.suffix}"
        model = _model(before)
        chosen = _watermark(file, recipe, info)
        request = replace(
            _request(file, recipe, info),
            aigc=file_metadata.aigc_of(release, model=model),
            mark=chosen.mark if chosen else None,
        )
        movie = likeness.make(
            source, encoded, info=info, request=request, told=lambda done: told(TO_SIGN * done)
        )
        told(TO_SIGN)
        out, described = (folder / f"{name}{recipe.spec.suffix}" for name in ("signed", "described"))
        facts = PresetFacts(
            title=release.version.asset.title,
            preset=file.preset,
            changes=changes(recipe, info, request, size=(movie.made.width, movie.made.height)),
            at=at,
            generated_by=model,
            data_mining=file.brand.data_mining,
            watermark=chosen.mark.identifier if chosen else None,
        )
        if runner.describe(encoded, described, file_metadata.of(release, model=facts.generated_by)):
            described.replace(encoded)
            facts = replace(facts, changes=(*facts.changes, claims.DESCRIBED))
        beside = recipe.spec.beside
        report = signing.sign_preset(encoded, parent=source, out=out, facts=facts, beside=beside)
        film, sidecar = (encoded, out.read_bytes()) if beside else (out, b"")
        content_type = recipe.spec.kind.content_type
        yield Signed(film, content_type, movie, report, runner.known_by(film), chosen, sidecar)


def _watermark(file: PresetFile, recipe: Recipe, info: MediaInfo) -> Chosen | None:
    """One for the file, unless the release's pictures have theirs, which it gets with them."""
    if (
        not recipe.watermark
        or recipe.spec.medium is Medium.SOUND
        or marks.is_in(file.version, release_id=file.release_id)
    ):
        return None
    width, height = presets.size(info, recipe)
    sources = marks.sources_of(file.version)
    return marks.fresh(file.brand, width=width, height=height, made_from=sources)


def changes(
    recipe: Recipe, info: MediaInfo, request: media_files.Request, *, size: tuple[int, int]
) -> tuple[str, ...]:
    """What was really done to the clip, as C2PA calls it, in the order in which it was done. Pure."""
    same_container = info.format.content_type == recipe.spec.kind.content_type
    if recipe.spec.medium is Medium.SOUND:
        edited = ("c2pa.edited",) if recipe.loudness is not None else ()
        return (*edited, "c2pa.transcoded" if same_container else "c2pa.converted")
    box = presets.crop(info, recipe.shape, focus=request.focus)
    done: list[str] = []
    if recipe.spec.medium is Medium.STILL and info.kind is not Kind.STILL:
        done.append("c2pa.trimmed")
    if recipe.shape is not Shape.ORIGINAL and (box.width, box.height) != (info.width, info.height):
        done.append("c2pa.cropped")
    if size != (box.width, box.height):
        done.append(_resized(size, (box.width, box.height)))
    if recipe.label or recipe.notices or (recipe.captions is Captions.BURNT_IN and request.captions):
        done.append("c2pa.addedText")
    captioned = recipe.captions is Captions.TRACK and request.captions
    levelled = recipe.loudness is not None and info.has_audio
    if captioned or levelled:
        done.append("c2pa.edited")
    if info.kind is not Kind.STILL:
        same_container = recipe.spec.kind is not QUICKTIME and recipe.spec.medium is Medium.VIDEO
    done.append("c2pa.transcoded" if same_container else "c2pa.converted")
    return tuple(done)


def _resized(to: tuple[int, int], of: tuple[int, int]) -> str:
    """Sizes are even numbers, so the proportions of small pictures are never quite the same."""
    alike = abs(to[0] * of[1] - to[1] * of[0]) <= ROUNDED * max(of)
    return "c2pa.resized.proportional" if alike else "c2pa.resized"


def _request(file: PresetFile, recipe: Recipe, info: MediaInfo) -> media_files.Request:
    captioned = recipe.captions is not Captions.NONE
    chosen = captioning.of(file.version, recipe.language) if captioned else ChosenCaptions()
    if obstacle := preset_files.obstacle(file.version, recipe, said=chosen.said):
        raise preset_files.DownloadRefused(obstacle)
    focus = file.focus_x, file.focus_y
    asked_for = presets.digest(recipe, focus=focus, captions=chosen.said, frame=file.frame) == file.digest
    if chosen.language != recipe.language or (captioned and not asked_for):
        raise preset_files.DownloadRefused(_("The captions were changed. Make the file again."))
    return media_files.Request(
        recipe=recipe,
        focus=focus,
        captions=chosen.cues,
        language=chosen.spoken,
        frame=min(file.frame, max(info.frame_count - 1, 0)),
    )


def _model(before: Report) -> NamedModel | None:
    model = before.model if before.ai_generated else None
    return NamedModel(name=model.name, identifier=model.identifier) if model else None
