"""The Generate page: the brief on the left, takes on the right."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.catalog.models import AssetKind
from dam.ingest import next_versions
from dam.ingest.next_versions import NoTarget
from dam.models import Asset
from dam.rights.model_licences import records
from dam.web.decorators import BrandRequest, requires
from generation import (
    briefs,
    chosen,
    estimates,
    jobs,
    kit_words,
    kits,
    model_register,
    prompt_parser,
    quotas,
    selectors,
)
from generation.briefs import Brief, BriefRefused
from generation.generators import modes
from generation.generators.base import GeneratorError
from generation.generators.modes import Mode, SourceKind
from generation.model_register import InstalledGenerator
from generation.models import GenerationJob
from generation.prompt_gate import gate
from generation.prompt_gate.gate import PromptRefused
from generation.prompt_parser import Understanding
from generation.quotas import QuotaUsed, Standing
from generation.selectors import BriefTakes
from generation.web import brief_clips, brief_kits, cards, licence_words, prompt_waivers, slots
from generation.web.brief_clips import FilledIn
from generation.web.brief_kits import KitOffer, Whole
from generation.web.cards import TakeCard
from generation.web.forms import REGION, BriefForm
from generation.web.licence_words import Said

NO_ASSET = UUID(int=0)


@dataclass(frozen=True)
class Forecast:
    """What can be said of a brief before it is asked for."""

    understood: Understanding | None  # None: the model reads free text, or nothing is written yet
    take: str  # "about 20 s", or empty
    waiting: int  # takes that are made before it
    quota: Standing | None  # the limit of machine time that is used up the furthest
    judged: Mapping[str, Any]  # what the brand's rules say of the prompt (prompt_waivers.said)
    whole: Whole | None  # the prompt with what the brand's kit adds; None: it adds nothing


@requires(Capability.GENERATE)
@require_http_methods(["GET", "POST"])
def studio(request: BrandRequest) -> HttpResponse:
    like = None if request.method == "POST" else _job(request, request.GET.get("from"))
    filled = None if request.method == "POST" else brief_clips.filled_in(request)
    if filled is not None:
        like = like or filled.job
    try:
        model = chosen.of(request.brand, _wanted(request, like, filled))
    except GeneratorError as error:
        return render(
            request, "generate/no_model.html", {"area": "generate", "reason": str(error)}, status=503
        )
    if request.method == "POST":
        kit = brief_kits.offer(request.brand, request.POST, usually=False)
        form = BriefForm(request.POST, capabilities=model.capabilities, by=request.principal, kit=kit)
        asset = None
        try:
            asset = _target(request, request.POST)
            if form.is_valid() and form.brief is not None:
                return _request_takes(request, form, form.brief, asset, model)
        except PromptRefused:
            form.add_error("prompt", _("Your brand's rules don't allow this prompt as it stands: see below."))
        except (NoTarget, BriefRefused, jobs.QueueFull, QuotaUsed) as refused:
            form.add_error(None, str(refused))
        return _page(request, model, form, asset, kit, status=422)
    try:
        asset = _target(request, request.GET)
    except NoTarget as gone:
        raise Http404(str(gone)) from gone
    begun = slots.begun(request)
    if filled is not None and filled.job is None:
        begun = begun or filled.begun(model.capabilities)
    else:
        like = like or _maker(asset)
    kit = brief_kits.offer(request.brand, request.GET, like=like, usually=filled is None)
    keep_seed = like is not None and (request.GET.get("seed") == "keep" or filled is not None)
    form = BriefForm(
        capabilities=model.capabilities,
        by=request.principal,
        like=like,
        keep_seed=keep_seed,
        asset=asset,
        begun=begun,
        kit=kit,
    )
    return _page(request, model, form, asset, kit, filled=filled)


def _wanted(request: BrandRequest, like: GenerationJob | None = None, filled: FilledIn | None = None) -> str:
    """The weights of the model that was chosen, else of the one that made an earlier take or the clip."""
    sent = request.POST if request.method == "POST" else request.GET
    usual = like.generator if like is not None else filled.clip.weights_sha256 if filled is not None else ""
    return str(sent.get("model", usual))[:64]


def _request_takes(
    request: BrandRequest, form: BriefForm, brief: Brief, asset: Asset | None, model: InstalledGenerator
) -> HttpResponse:
    key, asked = form.cleaned_data["key"], chosen.asked(model)
    note = form.cleaned_data["note"]
    first = jobs.request(by=request.principal, brief=brief, key=key, asset=asset, generator=asked, note=note)[
        0
    ]
    query = {"from": str(first.pk)}
    if form.cleaned_data["keep_seed"]:
        query["seed"] = "keep"
    if asset is not None:
        query["asset"] = str(asset.pk)
    return redirect(f"{reverse('generate', args=[request.brand.slug])}?{urlencode(query)}")


def _target(request: BrandRequest, sent: QueryDict) -> Asset | None:
    """The asset whose next version is to be made; None where the take becomes one of its own."""
    if not (asset_id := sent.get("asset")):
        return None
    kind = AssetKind.STILL if sent.get("mode") == Mode.STILL else AssetKind.VIDEO
    return next_versions.target(_uuid(asset_id) or NO_ASSET, principal=request.principal, kind=kind)


def _maker(asset: Asset | None) -> GenerationJob | None:
    """The job that made the asset's newest generated version: where its next one begins."""
    if asset is None:
        return None
    return GenerationJob.objects.filter(version__asset=asset).order_by("-version__number").first()


def _page(
    request: BrandRequest,
    model: InstalledGenerator,
    form: BriefForm,
    asset: Asset | None,
    kit: KitOffer,
    *,
    status: int = 200,
    filled: FilledIn | None = None,
) -> HttpResponse:
    everybody = request.GET.get("whose") == "all"
    page = selectors.page(
        request.brand,
        by=None if everybody else principals.person(request.principal),
        before=_uuid(request.GET.get("before")),
    )
    context = {
        "area": "generate",
        "form": form,
        "tabs": slots.tabs(form, model.capabilities, asset),
        "mode": modes.MODES[form.begins],
        "region_fields": [form[name] for name in REGION],
        "slots": slots.fields(form, by=request.principal, words=request.GET.getlist("words")),
        "asset": asset,
        "filled": filled,
        "kit": kit,
        **_references(request, form, model, kit),
        "lacking": list(filled.lacking(model)) if filled is not None else [],
        "most": settings.VERIFY_MAX_BYTES,
        "model": model,
        "licence": _licence(request, model),
        "models": model_register.choices(),
        "forecast": _forecast(request, form, model, kit),
        "briefs": _with_cards(request, page, model),
        "older": page.older,
        "everybody": everybody,
        "going_back": "before" in request.GET,
    }
    return render(request, "generate/studio.html", context, status=status)


def _references(
    request: BrandRequest, form: BriefForm, model: InstalledGenerator, kit: KitOffer
) -> dict[str, Any]:
    """The brand's reference images, and the mode in which a click has the brief begin with one."""
    first = next(iter(modes.slots(form.begins)), None)
    mode = form.begins if first is not None and SourceKind.STILL in first.takes else Mode.IMAGE
    if mode not in model.capabilities.modes:
        return {}
    return {"references": kits.references(kit.kit, by=request.principal), "reference_mode": mode.value}


def _licence(request: BrandRequest, model: InstalledGenerator) -> Said:
    identity = model.identity
    return licence_words.of(
        records.answer(request.brand, weights_sha256=identity.weights_sha256, licence=identity.licence)
    )


def _with_cards(
    request: BrandRequest, page: selectors.Page, model: InstalledGenerator
) -> list[tuple[BriefTakes, list[TakeCard]]]:
    """Each brief with the cards of its takes; their places in the queue are asked for once."""
    takes = [job for brief in page.briefs for job in brief.takes]
    made = iter(cards.all_of(takes, by=request.principal, at=timezone.now(), identity=model.identity))
    return [(brief, list(islice(made, len(brief.takes)))) for brief in page.briefs]


@requires(Capability.GENERATE)
@require_GET
def forecast(request: BrandRequest) -> HttpResponse:
    """What the model makes of the prompt, and how long the takes would run: follows the form."""
    try:
        model = chosen.of(request.brand, _wanted(request))
    except GeneratorError:
        return HttpResponse(status=204)
    kit = brief_kits.offer(request.brand, request.GET, usually=False)
    form = BriefForm(request.GET, capabilities=model.capabilities, by=request.principal, kit=kit)
    form.is_valid()
    context = {"forecast": _forecast(request, form, model, kit), "kit": kit, "live": True}
    return render(request, "generate/forecast.html", context)


@requires(Capability.GENERATE)
@require_GET
def running(request: BrandRequest) -> HttpResponse:
    """This person's running jobs, for the top bar."""
    running = selectors.running(request.brand, by=principals.person(request.principal))
    steps = sum(job.steps for job in running)
    context = {"jobs": running, "done": sum(job.step for job in running), "steps": steps}
    return render(request, "generate/running.html", context)


def _forecast(request: BrandRequest, form: BriefForm, model: InstalledGenerator, kit: KitOffer) -> Forecast:
    typed = str(form["prompt"].value() or "")
    whole = brief_kits.whole(kit_words.one_line(typed), kit.added)
    prompt = kit.added.around(whole.typed) if kit.added and whole and whole.typed else typed
    understood = prompt_parser.understand(prompt, model.lexicon) if model.lexicon and prompt.strip() else None
    seconds = None
    try:
        width, height = _size(str(form["size"].value()), model)
        frames = 1 if modes.is_still(form.begins) else int(form["frames"].value())
        steps = int(form["steps"].value())
    except (TypeError, ValueError, BriefRefused):
        pass
    else:
        seconds = selectors.expected_seconds(
            frames=frames, width=width, height=height, steps=steps, identity=model.identity
        )
    judgement = gate.judge(request.brand, prompt[: 2 * briefs.LONGEST_PROMPT])
    return Forecast(
        judged=prompt_waivers.said(judgement, prompt),
        quota=quotas.nearest(request.brand, principals.person(request.principal)),
        whole=whole,
        understood=understood,
        take=estimates.in_words(seconds) if seconds else "",
        waiting=selectors.before_next(request.brand, by=principals.person(request.principal)),
    )


def _size(chosen: str, model: InstalledGenerator) -> tuple[int, int]:
    """What the model makes of the size that was chosen. Raises ValueError, BriefRefused."""
    width, height = map(int, chosen.split("x"))
    return briefs.nearest_size(model.capabilities, (width, height))


def _job(request: BrandRequest, job_id: str | None) -> GenerationJob | None:
    pk = _uuid(job_id)
    return GenerationJob.objects.filter(brand=request.brand, pk=pk).first() if pk else None


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
