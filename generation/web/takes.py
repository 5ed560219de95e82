"""One take: its card, and what people do with it."""

from collections.abc import Callable
from fractions import Fraction
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dam.accounts.capabilities import Capability
from dam.web import htmx
from dam.web.decorators import BrandRequest, requires
from generation import briefs, jobs, kits, model_register, selectors, sources
from generation.briefs import BriefRefused
from generation.generators.base import GeneratorError
from generation.models import GenerationJob
from generation.quotas import QuotaUsed
from generation.web import cards


@requires(Capability.GENERATE)
@require_GET
def job(request: BrandRequest, job_id: UUID) -> HttpResponse:
    return _card(request, job_id)


@requires(Capability.GENERATE)
@require_POST
def cancel(request: BrandRequest, job_id: UUID) -> HttpResponse:
    return _act(request, job_id, jobs.cancel)


@requires(Capability.GENERATE)
@require_POST
def retry(request: BrandRequest, job_id: UUID) -> HttpResponse:
    return _act(request, job_id, jobs.retry)


@requires(Capability.GENERATE)
@require_POST
def more(request: BrandRequest, job_id: UUID) -> HttpResponse:
    """One more take of the same brief with a seed of its own."""
    like = get_object_or_404(GenerationJob, brand=request.brand, pk=job_id)
    try:
        model = model_register.generator(like.generator)
        capabilities = model.capabilities
        brief = briefs.check(
            capabilities,
            prompt=like.typed_prompt,
            seconds=Fraction(like.frames * like.rate_denominator, like.rate_numerator),
            size=(like.width, like.height),
            steps=min(like.steps, capabilities.max_steps),
            guidance=like.guidance,
            mode=sources.mode(like),
            sources=sources.again(like, by=request.principal),
            settings=sources.settings(like),
            kit=kits.of_job(like),
        )
        key = UUID(request.POST.get("key", ""))
    except (BriefRefused, GeneratorError) as error:
        return _warn(request, str(error))
    except ValueError as incomplete:
        raise BadRequest(_("The form was incomplete.")) from incomplete
    try:
        first = jobs.request(by=request.principal, brief=brief, key=key, generator=like.generator)[0]
    except (BriefRefused, jobs.QueueFull, QuotaUsed) as refused:
        return _warn(request, str(refused))
    response = redirect("generate", brand_slug=request.brand.slug)
    response["Location"] += f"?from={first.pk}"
    return response


def _act(request: BrandRequest, job_id: UUID, act: Callable[..., None]) -> HttpResponse:
    job = get_object_or_404(GenerationJob.objects.select_related("brand"), brand=request.brand, pk=job_id)
    try:
        act(job, by=request.principal)
    except (jobs.TooLate, jobs.QueueFull, QuotaUsed, BriefRefused) as error:
        return _warn(request, str(error), job_id)
    if htmx.is_htmx(request):
        return _card(request, job_id)
    return redirect("generate", brand_slug=request.brand.slug)


def _warn(request: BrandRequest, text: str, job_id: UUID | None = None) -> HttpResponse:
    """The card as it stands now, and the words beside it."""
    if not htmx.is_htmx(request) or job_id is None:
        messages.warning(request, text)
        return redirect("generate", brand_slug=request.brand.slug)
    return htmx.with_toast(_card(request, job_id), text, tone="warning")


def _card(request: BrandRequest, job_id: UUID) -> HttpResponse:
    job = get_object_or_404(selectors.for_cards(request.brand), pk=job_id)
    try:
        identity = model_register.generator().identity
    except GeneratorError:
        identity = None
    card = cards.of(job, by=request.principal, at=timezone.now(), identity=identity)
    return render(request, "generate/take.html", {"card": card})
