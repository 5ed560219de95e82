"""Administration → Models → Get a generator: the starter list, how far a fetch is, and using what came."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dam.core import language
from dam.core.errors import Refused
from dam.core.language import gettext
from dam.rights.model_licences import records, terms
from dam.web.decorators import BrandRequest, requires_installation_admin
from generation import chosen, hardware, model_fetches, model_removal
from generation.generators import model_card, published, source
from generation.generators.published import Starter
from generation.models import ModelFetch
from generation.states import FETCH_OPEN, FetchState
from generation.web import licence_words
from generation.web.licence_words import Said

SMALLEST_GB = 0.1


@dataclass(frozen=True)
class Line:
    """A generator of the list as the page shows it. `weights`: it is here, known by these."""

    starter: Starter
    makes: str
    licence: str
    said: Said
    needs: str
    fits: bool
    fetch: ModelFetch | None
    weights: str
    is_default: bool
    goes_at: datetime | None  # it was removed, and is deleted then

    @property
    def open(self) -> bool:
        return self.fetch is not None and self.fetch.state in FETCH_OPEN

    @property
    def failed(self) -> bool:
        return self.fetch is not None and self.fetch.state == FetchState.FAILED and not self.weights

    @property
    def percent(self) -> int | None:
        if self.fetch is None or not self.fetch.total_bytes:
            return None
        return 100 * self.fetch.done_bytes // self.fetch.total_bytes

    @property
    def figure(self) -> str:
        if self.fetch is None or not self.fetch.total_bytes:
            return ""
        done, total = self.fetch.done_bytes / 1e9, self.fetch.total_bytes / 1e9
        return _("%(done)s of %(total)s GB") % {
            "done": language.figure(f"{done:.1f}"),
            "total": language.figure(f"{total:.1f}"),
        }


@requires_installation_admin
@require_safe
def starters(request: BrandRequest) -> HttpResponse:
    """The list as a fragment, which follows what is fetched."""
    return render(request, "generate/_starters.html", context(request))


@requires_installation_admin
@require_POST
def get(request: BrandRequest) -> HttpResponse:
    repository = request.POST.get("repository", "")
    words = _("A worker gets the model. This page shows how far it is.")
    return _done(request, words, lambda: model_fetches.start(repository, by=request.principal))


@requires_installation_admin
@require_POST
def cancel(request: BrandRequest, fetch_id: int) -> HttpResponse:
    fetch = get_object_or_404(ModelFetch.objects.select_related("brand"), pk=fetch_id)
    if model_fetches.cancel(fetch, by=request.principal):
        messages.success(request, _("Cancelled. What has come is kept, to go on another time."))
    return redirect("administration-models", request.brand.slug)


@requires_installation_admin
@require_POST
def use(request: BrandRequest, weights: str) -> HttpResponse:
    """Have this brand's briefs begin with a model."""
    words = _("Briefs of this brand begin with this model now.")
    return _done(request, words, lambda: chosen.choose(request.brand, weights, by=request.principal))


@requires_installation_admin
@require_POST
def use_own(request: BrandRequest) -> HttpResponse:
    """Have this brand's briefs begin with the installation's model again."""
    words = _("Briefs of this brand begin with the installation's model now.")
    return _done(request, words, lambda: chosen.choose(request.brand, "", by=request.principal))


@requires_installation_admin
@require_POST
def remove(request: BrandRequest) -> HttpResponse:
    repository = request.POST.get("repository", "")
    words = _("Removed. It can be restored for a day, then it's deleted from the disk.")
    return _done(request, words, lambda: model_removal.remove(repository, by=request.principal))


@requires_installation_admin
@require_POST
def restore(request: BrandRequest) -> HttpResponse:
    repository = request.POST.get("repository", "")
    words = _("The model is back.")
    return _done(request, words, lambda: model_removal.restore(repository, by=request.principal))


def _done(request: BrandRequest, words: str, act: Callable[[], object]) -> HttpResponse:
    """Back on the page, with what came of it."""
    try:
        act()
    except Refused as refused:
        messages.warning(request, refused.message)
    else:
        messages.success(request, words)
    return redirect("administration-models", request.brand.slug)


def context(request: BrandRequest) -> dict[str, object]:
    fetches = model_fetches.latest()
    usual = chosen.default(request.brand)
    lines = [_line(request, each, fetches.get(each.repository), usual) for each in published.STARTERS]
    return {"starters": lines, "any_open": any(line.open for line in lines)}


def _line(request: BrandRequest, starter: Starter, fetch: ModelFetch | None, usual: str) -> Line:
    came = source.read(starter.folder)
    weights = model_card.read(starter.folder).identity.weights_sha256 if came else ""
    licence = came.licence if came else starter.licence
    answer = records.answer(request.brand, weights_sha256=weights, licence=licence)
    needs, fits = _needs(starter)
    return Line(
        starter=starter,
        makes=gettext(starter.makes),
        licence=terms.name_of(answer.licence) or _("Unknown"),
        said=licence_words.of(answer),
        needs=needs,
        fits=fits,
        fetch=fetch,
        weights=weights,
        is_default=bool(weights) and weights == usual,
        goes_at=None if weights else model_removal.goes_at(starter.folder),
    )


def _needs(starter: Starter) -> tuple[str, bool]:
    """What it needs by its publisher's word, and whether this machine has it."""
    most = max((gpu.memory_gb for gpu in hardware.gpus()), default=0.0)
    if starter.gpu_gb is None:
        needs = _("The memory it needs isn't stated.")
        return needs, False
    needs = _("A GPU with %(memory)s GB.") % {"memory": language.figure(f"{starter.gpu_gb:g}")}
    if most < SMALLEST_GB:
        none = _("This server has none.")
        return f"{needs} {none}", False
    has = _("This server has one with %(memory)s GB.") % {"memory": language.figure(f"{most:.0f}")}
    return f"{needs} {has}", most >= starter.gpu_gb
