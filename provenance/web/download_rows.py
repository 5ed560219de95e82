"""The ways in which a released clip can be had, each with how its file stands: what the page shows."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.catalog.models import Version
from dam.core import failures
from dam.core.language import number
from dam.core.lazily import lazy
from dam.media import presets
from dam.media.overlay import Notice
from dam.media.presets import Captions, Medium, Recipe, Shape
from dam.media.probe import MediaInfo
from dam.media.sniffer import SVG
from provenance.downloads import captioning, labelled, preset_files
from provenance.downloads import presets as brand_presets
from provenance.downloads.captioning import ChosenCaptions
from provenance.downloads.models import UNDER_WAY, DownloadPreset, FileState, PresetFile
from provenance.releases.models import Release
from provenance.releases.states import ReleaseStatus
from provenance.sidecars import store

CAPTIONS = {Captions.TRACK: lazy("captions as a track"), Captions.BURNT_IN: lazy("captions in the picture")}


@dataclass(frozen=True)
class DownloadRow:
    """`obstacle` says why it can't be made at all; `reason` why the file failed or waits."""

    preset: DownloadPreset
    summary: str
    file: PresetFile | None
    obstacle: str = ""
    reason: str = ""
    may_cancel: bool = False
    log: str = ""
    sidecar: bool = False  # a file with its Content Credentials comes beside it

    @property
    def quality(self) -> str:
        """How much the finished movie looks like the release; empty where that wasn't measured."""
        if self.file is None or self.file.vmaf is None:
            return ""
        return _("quality %(vmaf)s of 100 (VMAF)") % {"vmaf": number(self.file.vmaf)}

    @property
    def shortfall(self) -> str:
        """That it looks worse than the house wants, and what would help; empty where it doesn't."""
        floor = settings.DOWNLOAD_QUALITY_FLOOR
        if self.file is None or self.file.vmaf is None or self.file.vmaf >= floor:
            return ""
        said = _("The quality is below the floor of %(floor)s.") % {"floor": floor}
        rate = self.file.recipe["most_kbps"]
        if rate:
            help_ = _("The preset allows no more than %(rate)s kbit/s.") % {"rate": number(rate)}
        elif self.file.vmaf_first is not None:
            help_ = _("It was made again at a higher rate, up from %(first)s.") % {
                "first": number(self.file.vmaf_first)
            }
        else:
            help_ = ""
        return f"{said} {help_}".strip()

    @property
    def state(self) -> str:
        return self.file.state if self.file else ""

    @property
    def busy(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def captioned(self) -> bool:
        return bool(self.preset.recipe["captions"] != Captions.NONE)

    @property
    def cropped(self) -> bool:
        return bool(self.preset.recipe["shape"] != Shape.ORIGINAL)


def of(
    version: Version, *, by: Principal, notices: tuple[Notice, ...] = (), language: str = ""
) -> list[DownloadRow] | None:
    """Every preset of the brand for this version's release; None where there is none to make files of.

    With `notices`, the labels that the files must show, the release itself with them comes first.
    `language`: of the captions, where the version has several. Reads `version.asset`. Few queries for all.
    """
    release = Release.objects.filter(version=version, state=ReleaseStatus.READY).first()
    if release is None or not version.media_info:
        return None
    offered = brand_presets.of(version.brand)
    rows = [row for row in offered if preset_files.serves(Recipe.from_json(row.recipe), version)]
    if notices:
        rows.insert(0, labelled.as_it_is(version))
    info = MediaInfo.from_json(version.media_info)
    captioned = any(row.recipe["captions"] != Captions.NONE for row in rows)
    chosen = captioning.of(version, language) if captioned else ChosenCaptions()
    frame = preset_files.still_frame(version)
    wanted = {
        row: preset_files.wanted(
            release,
            version.asset,
            row,
            captions=chosen,
            frame=frame,
            watermark=version.brand.watermarks,
            notices=notices,
        )
        for row in rows
    }
    files = preset_files.of_release(release, (digest for _recipe, digest in wanted.values()))
    beside = [
        files[digest].sha256 for recipe, digest in wanted.values() if recipe.spec.beside and digest in files
    ]
    sidecars = store.among(release, beside) if beside else set()
    return [
        _row(
            row,
            recipe,
            files.get(digest),
            info,
            obstacle=preset_files.obstacle(version, recipe, said=chosen.said),
            by=by,
            sidecars=sidecars,
        )
        for row, (recipe, digest) in wanted.items()
    ]


def summary(recipe: Recipe, info: MediaInfo | None = None) -> str:
    """ "H.264 (MP4) · 608 × 1080 · −14 LUFS": with `info`, the size that comes of this clip."""
    title = _(recipe.spec.title)
    parts = [str(title)]
    if recipe.spec.medium is Medium.SOUND:
        pass
    elif info is not None and info.format is not SVG:  # which is drawn larger than it says
        width, height = presets.size(info, recipe)
        parts.append(f"{width} × {height}")
    else:
        if recipe.shape is not Shape.ORIGINAL:
            parts.append(recipe.shape.value)
        if recipe.longest_side:
            parts.append(_("up to %(side)s pixels") % {"side": recipe.longest_side})
    if recipe.most_kbps:
        parts.append(_("at most %(rate)s kbit/s") % {"rate": number(recipe.most_kbps)})
    if recipe.loudness is not None and recipe.spec.medium in (Medium.VIDEO, Medium.SOUND):
        parts.append(f"\u2212{-recipe.loudness} LUFS")
    if recipe.captions is not Captions.NONE:
        parts.append(str(CAPTIONS[recipe.captions]))
    if recipe.label:
        parts.append(f"\u201c{recipe.label}\u201d")
    return " · ".join(parts)


def _row(
    preset: DownloadPreset,
    recipe: Recipe,
    file: PresetFile | None,
    info: MediaInfo,
    *,
    obstacle: str,
    by: Principal,
    sidecars: set[str],
) -> DownloadRow:
    looks_after = by.can(Capability.RETRY)
    if file is not None and not preset_files.shows(file):
        file = None  # made by a worker that knew of no labels: it is made anew
    return DownloadRow(
        preset,
        summary(recipe, info),
        file,
        obstacle="" if file and file.state == FileState.READY else obstacle,
        reason=failures.shown(file.reason) if file else "",
        may_cancel=file is not None and preset_files.may_cancel(file, by=by),
        log=file.log if file and looks_after and file.state == FileState.FAILED else "",
        sidecar=file is not None and file.sha256 in sidecars,
    )
