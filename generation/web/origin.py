"""Where an asset comes from: a fragment of the asset page and of the review room."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand
from dam.rights.model_licences import records
from dam.web import asset_version
from dam.web.decorators import BrandRequest, requires
from generation import verdicts
from generation.models import Cut, GenerationJob
from generation.web import licence_words, prompt_rules, reproductions
from generation.web.licence_words import Said


@requires(Capability.VIEW)
@require_GET
def asset_origin(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """Prompt, seed and model of a generated asset; who uploaded an uploaded one."""
    version = asset_version.find(request, asset_id)
    job = GenerationJob.objects.filter(version=version).select_related("requested_by").first()
    # What was asked of the model is the brand's own business; who only looks things up need not know.
    shows_prompt = request.principal.can(Capability.VIEW_UNRELEASED)
    judgement = verdicts.read(job.gate if job is not None else {})
    context = {
        **reproductions.context(request, version, job),
        "asset": version.asset,
        "version": version,
        "job": job,
        "cut": Cut.objects.filter(version=version).only("pieces").first() if job is None else None,
        "shows_prompt": shows_prompt,
        "licence": _licence(version.brand, job) if job is not None and shows_prompt else None,
        "findings": prompt_rules.tags(judgement.findings) if shows_prompt else (),
        "is_waived": judgement.is_waived,
    }
    return render(request, "generate/origin.html", context)


def _licence(brand: Brand, job: GenerationJob) -> Said:
    known, licence = job.model.get("weights_sha256", ""), job.model.get("licence", "")
    return licence_words.of(records.answer(brand, weights_sha256=known, licence=licence))
