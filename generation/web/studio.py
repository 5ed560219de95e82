"""The Generate page: the brief on the left, takes on the right."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.web.decorators import BrandRequest, requires
from generation import estimates, jobs, model_register, prompt_parser, selectors
from generation.generators.base import GeneratorError
from generation.model_register import InstalledGenerator
from generation.models import GenerationJob
from generation.prompt_parser import Understanding
from generation.web import cards
from generation.web.forms import BriefForm


@dataclass(frozen=True)
class Forecast:
    """What can be said of a brief before it is asked for."""

    understood: Understanding | None  # None: the model reads free text, or nothing is written yet
    take: str  # "about 20 s", or empty
    waiting: int  # jobs before it


@requires(Capability.GENERATE)
@require_http_methods(["GET", "POST"])
def studio(request: BrandRequest) -> HttpResponse:
    try:
        model = model_register.generator()
    except GeneratorError as error:
        return render(
            request, "generate/no_model.html", {"area": "generate", "reason": str(error)}, status=503
        )
    if request.method == "POST":
        form = BriefForm(request.POST, capabilities=model.capabilities)
        if form.is_valid() and form.brief is not None:
            key = form.cleaned_data["key"]
            first = jobs.request(by=request.principal, brief=form.brief, key=key)[0]
            keep = "&seed=keep" if form.cleaned_data["keep_seed"] else ""
            response = redirect("generate", brand_slug=request.brand.slug)
            response["Location"] += f"?from={first.pk}{keep}"
            return response
        return _page(request, model, form, status=422)
    like = _job(request, request.GET.get("from"))
    keep_seed = like is not None and request.GET.get("seed") == "keep"
    form = BriefForm(capabilities=model.capabilities, like=like, keep_seed=keep_seed)
    return _page(request, model, form)


def _page(
    request: BrandRequest, model: InstalledGenerator, form: BriefForm, *, status: int = 200
) -> HttpResponse:
    everybody = request.GET.get("whose") == "all"
    page = selectors.page(
        request.brand,
        by=None if everybody else principals.person(request.principal),
        before=_uuid(request.GET.get("before")),
    )
    now = timezone.now()
    context = {
        "area": "generate",
        "form": form,
        "model": model,
        "forecast": _forecast(form, model),
        "briefs": [
            (brief, cards.all_of(brief.takes, at=now, identity=model.identity)) for brief in page.briefs
        ],
        "older": page.older,
        "everybody": everybody,
        "going_back": "before" in request.GET,
    }
    return render(request, "generate/studio.html", context, status=status)


@requires(Capability.GENERATE)
@require_GET
def forecast(request: BrandRequest) -> HttpResponse:
    """What the model makes of the prompt, and how long the takes would run: follows the form."""
    try:
        model = model_register.generator()
    except GeneratorError:
        return HttpResponse(status=204)
    form = BriefForm(request.GET, capabilities=model.capabilities)
    form.is_valid()
    context = {"forecast": _forecast(form, model), "live": True}
    return render(request, "generate/forecast.html", context)


@requires(Capability.GENERATE)
@require_GET
def running(request: BrandRequest) -> HttpResponse:
    """This person's running jobs, for the top bar."""
    found = selectors.running(request.brand, by=principals.person(request.principal))
    steps = sum(job.steps for job in found)
    context = {"jobs": found, "done": sum(job.step for job in found), "steps": steps}
    return render(request, "generate/running.html", context)


def _forecast(form: BriefForm, model: InstalledGenerator) -> Forecast:
    prompt = str(form["prompt"].value() or "")
    understood = prompt_parser.understand(prompt, model.lexicon) if model.lexicon and prompt.strip() else None
    seconds = None
    try:
        width, height = map(int, str(form["size"].value()).split("x"))
        frames, steps = int(form["frames"].value()), int(form["steps"].value())
    except (TypeError, ValueError):
        pass
    else:
        seconds = selectors.expected_seconds(
            frames=frames, width=width, height=height, steps=steps, identity=model.identity
        )
    return Forecast(
        understood=understood,
        take=estimates.in_words(seconds) if seconds else "",
        waiting=selectors.waiting(),
    )


def _job(request: BrandRequest, job_id: str | None) -> GenerationJob | None:
    found = _uuid(job_id)
    return GenerationJob.objects.filter(brand=request.brand, pk=found).first() if found else None


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
