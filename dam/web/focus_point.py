"""Which part of a clip stays in the picture where it is cropped: chosen on its poster."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dam.accounts.capabilities import Capability
from dam.catalog import assets
from dam.catalog.models import Version
from dam.core import numbers
from dam.media import presets
from dam.media.presets import Shape
from dam.media.probe import Kind, MediaInfo
from dam.web import asset_version
from dam.web.decorators import BrandRequest, requires

TALLEST = 128  # pixels, of a crop that the page shows: the four stand in one row


@dataclass(frozen=True)
class Crop:
    """A crop as the page shows it: its size, the part it is of each side, and CSS's place of the picture."""

    shape: str
    width: int
    height: int
    x_part: str
    y_part: str
    place: str


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.VIEW)
def focus(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    version = asset_version.find(request, asset_id)
    if version.kind == Kind.SOUND:
        raise Http404(_("A sound has no picture to be cropped."))
    problem = ""
    if request.method == "POST":
        request.principal.require(Capability.EDIT)
        centre = bool(request.POST.get("centre"))
        x, y = (50, 50) if centre else (_percent(request.POST.get(name, "")) for name in ("x", "y"))
        if x is None or y is None:
            problem = _("Choose a point from 0 to 100 percent.")
        else:
            assets.set_focus(version.asset, by=request.principal, x=10 * x, y=10 * y)
            messages.success(request, _("The focus point was saved. Crops made from now on use it."))
            return redirect("asset", request.brand.slug, asset_id)
    asset = version.asset
    context = {
        "area": "library",
        "asset": asset,
        "version": version,
        "x": round(asset.focus_x / 10),
        "y": round(asset.focus_y / 10),
        "crops": _crops(version),
        "problem": problem,
    }
    return render(request, "assets/focus.html", context, status=422 if problem else 200)


def _percent(text: str) -> int | None:
    number = numbers.read(text, digits=3)
    return number if number is not None and number <= 100 else None


def _crops(version: Version) -> list[Crop]:
    info = MediaInfo.from_json(version.media_info) if version.media_info else None
    if info is None or not (info.width and info.height):
        return []
    focus = (version.asset.focus_x, version.asset.focus_y)
    return [_crop(info, shape, focus) for shape in Shape if shape is not Shape.ORIGINAL]


def _crop(info: MediaInfo, shape: Shape, focus: tuple[int, int]) -> Crop:
    box = presets.crop(info, shape, focus=focus)
    assert shape.ratio is not None
    x_place = 50.0 if box.width == info.width else 100 * box.left / (info.width - box.width)
    y_place = 50.0 if box.height == info.height else 100 * box.top / (info.height - box.height)
    return Crop(
        shape.value,
        round(TALLEST * shape.ratio),
        TALLEST,
        f"{box.width / info.width:.4f}",
        f"{box.height / info.height:.4f}",
        f"{x_place:.1f}% {y_place:.1f}%",
    )
