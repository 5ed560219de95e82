"""Where an asset comes from: a fragment of the asset page and of the review room."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from dam.accounts.capabilities import Capability
from dam.rights.visibility import visible_assets
from dam.web.decorators import BrandRequest, requires
from generation.models import GenerationJob


@requires(Capability.VIEW)
@require_GET
def asset_origin(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """Prompt, seed and model of a generated asset; who brought in an uploaded one."""
    asset = get_object_or_404(
        visible_assets(request.principal).select_related("latest__created_by"), pk=asset_id
    )
    job = (
        GenerationJob.objects.filter(brand=request.brand, version__asset=asset)
        .select_related("requested_by")
        .order_by("-version__number")
        .first()
    )
    # What was asked of the model is the brand's own business; who only looks things up need not know.
    context = {"asset": asset, "job": job, "shows_prompt": request.principal.can(Capability.VIEW_UNRELEASED)}
    return render(request, "generate/origin.html", context)
