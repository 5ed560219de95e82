"""Two versions of a clip beside or over one another, and what differs between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dam.accounts.capabilities import Capability
from dam.catalog.models import RenditionKind, Version
from dam.core.language import number
from dam.core.lazily import lazy
from dam.media import comparing, loudness
from dam.web import asset_version
from dam.web.decorators import BrandRequest, requires
from dam.web.templatetags import ui_tags

MODES = {"side": lazy("Side by side"), "wipe": lazy("Wipe"), "difference": lazy("Difference")}
SHOWN = (RenditionKind.PICTURE, RenditionKind.SOUND, RenditionKind.PROXY)


@dataclass(frozen=True)
class Fact:
    title: str
    one: str
    two: str

    @property
    def differs(self) -> bool:
        return self.one != self.two


@require_safe
@requires(Capability.VIEW_UNRELEASED)
def compare(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """`?one=` and `?two=` are versions' numbers, `?as=` one of MODES."""
    version = asset_version.find(request, asset_id)
    versions = asset_version.stack(version.asset)
    one, two = _chosen(versions, request.GET.get("one", ""), request.GET.get("two", ""))
    context = {
        "area": "library",
        "asset": version.asset,
        "versions": versions,
        "one": one,
        "two": two,
        "modes": MODES,
        "mode": mode(request),
    }
    if one is not None and two is not None:
        context |= beside(one, two)
        context["again"] = f"?one={one.number}&two={two.number}&as={context['mode']}"
        for side, each in (("one", one), ("two", two)):
            context[f"name_{side}"] = _("Version %(number)s") % {"number": each.number}
    return render(request, "assets/compare.html", context)


def mode(request: BrandRequest) -> str:
    """How two versions are compared: one of MODES, as an address or a form says it."""
    asked = request.POST.get("as") or request.GET.get("as", "")
    return asked if asked in MODES else "side"


def beside(one: Version, two: Version) -> dict[str, object]:
    """What components/compare.html shows of two visible versions."""
    return {
        "facts": _facts(one, two),
        "compared": comparing.ask(one, two),
        "shown_one": shown(one),
        "shown_two": shown(two),
    }


def _chosen(versions: Sequence[Version], one: str, two: str) -> tuple[Version | None, Version | None]:
    """The versions of these numbers, by default the newest and the one before it; None where there is one."""
    if len(versions) < 2:
        return None, None
    by_number = {str(version.number): version for version in versions}
    second = by_number.get(two, versions[0])
    others = [version for version in versions if version.pk != second.pk]
    first = by_number.get(one, others[0])
    return (first if first.pk != second.pk else others[0]), second


def shown(version: Version) -> str:
    """The kind of the rendition that is compared; empty while there is none."""
    return next((str(kind.value) for kind in SHOWN if kind in version.rendition_by_kind), "")


def differing(one: Version, two: Version) -> list[Fact]:
    """What is another in the second than in the first, but for how each was decided on."""
    state = _("State")
    return [fact for fact in _facts(one, two) if fact.differs and fact.title != state]


def _facts(one: Version, two: Version) -> list[Fact]:
    apart = loudness.difference(loudness.of(one.media_info), loudness.of(two.media_info))
    pairs = zip(_facts_of(one), _facts_of(two, apart=apart), strict=True)
    rows = [Fact(title, first, second) for (title, first), (_title, second) in pairs]
    return [row for row in rows if row.one or row.two]


def _facts_of(version: Version, *, apart: str = "") -> list[tuple[str, str]]:
    """Titles and what is said. `apart` is how its loudness compares."""
    info = version.media_info
    size = f"{version.width} × {version.height}" if version.width else ""
    frames = number(version.frame_count) if version.frame_count else ""
    audio = info.get("audio_codec") or ""
    heard = f"{ui_tags.codec(audio)}, {number(info.get('audio_rate') or 0)} Hz" if audio else ""
    loud = loudness.words(loudness.of(info))
    return [
        (_("What changed"), version.note),
        (_("Length"), ui_tags.duration(version.duration_ms)),
        (_("Frames"), frames),
        (_("Resolution"), size),
        (_("Frame rate"), ui_tags.frame_rate(version)),
        (_("Format"), str(info.get("container") or "")),
        (_("Video codec"), ui_tags.codec(info.get("video_codec") or "")),
        (_("Bits per channel"), str(info.get("bit_depth") or "") if size else ""),
        (_("Audio"), heard),
        (_("Loudness"), f"{loud} ({apart})" if apart else loud),
        (_("Channels"), str(info.get("audio_channels") or "") if audio else ""),
        (_("File size"), filesizeformat(version.size)),
        (_("File name"), version.filename),
        (_("Model"), version.model),
        (_("Seed"), "" if version.seed is None else str(version.seed)),
        (_("Prompt"), version.prompt),
        (_("State"), version.get_approval_display()),
    ]
