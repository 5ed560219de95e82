"""Addresses of generation, below /b/<brand>/."""

from django.urls import URLPattern, path

from generation.web import (
    brand_kit,
    brief_clips,
    demo_page,
    model_fetching,
    model_page,
    models_page,
    origin,
    prompt_batches,
    prompt_rules,
    prompt_waivers,
    remade,
    reproductions,
    slots,
    studio,
    takes,
)

urlpatterns: list[URLPattern] = [
    path("administration/models/", models_page.models, name="administration-models"),
    path("administration/models/starters/", model_fetching.starters, name="administration-model-starters"),
    path("administration/models/get/", model_fetching.get, name="administration-model-get"),
    path("administration/models/remove/", model_fetching.remove, name="administration-model-remove"),
    path("administration/models/restore/", model_fetching.restore, name="administration-model-restore"),
    path(
        "administration/models/get/<int:fetch_id>/cancel/",
        model_fetching.cancel,
        name="administration-model-get-cancel",
    ),
    path("administration/models/use/", model_fetching.use_own, name="administration-model-use-own"),
    path("administration/models/<slug:weights>/use/", model_fetching.use, name="administration-model-use"),
    path("administration/models/<slug:weights>/", model_page.model, name="administration-model"),
    path(
        "administration/models/<slug:weights>/readings/<int:reading_id>/end/",
        model_page.end_reading,
        name="administration-model-reading-end",
    ),
    path("administration/demo/", demo_page.demo_brand, name="demo-brand"),
    path("administration/brand-kit/", brand_kit.kit, name="brand-kit"),
    path(
        "administration/brand-kit/references/<uuid:asset_id>/add/",
        brand_kit.add_reference,
        name="brand-kit-reference-add",
    ),
    path(
        "administration/brand-kit/references/<uuid:asset_id>/remove/",
        brand_kit.remove_reference,
        name="brand-kit-reference-remove",
    ),
    path("administration/prompt-rules/", prompt_rules.listing, name="prompt-rules"),
    path("administration/prompt-rules/new/", prompt_rules.add, name="prompt-rule-add"),
    path("administration/prompt-rules/starter/", prompt_rules.ship, name="prompt-rule-ship"),
    path("administration/prompt-rules/<int:rule_id>/", prompt_rules.edit, name="prompt-rule-edit"),
    path("administration/prompt-rules/<int:rule_id>/delete/", prompt_rules.delete, name="prompt-rule-delete"),
    path(
        "administration/prompt-rules/<int:rule_id>/restore/", prompt_rules.restore, name="prompt-rule-restore"
    ),
    path("generate/", studio.studio, name="generate"),
    path("generate/batches/", prompt_batches.listing, name="prompt-batches"),
    path("generate/batches/new/", prompt_batches.add, name="prompt-batch-add"),
    path("generate/batches/<uuid:batch_id>/", prompt_batches.one, name="prompt-batch"),
    path("generate/batches/<uuid:batch_id>/stop/", prompt_batches.stop, name="prompt-batch-stop"),
    path("generate/batches/<uuid:batch_id>/continue/", prompt_batches.go_on, name="prompt-batch-continue"),
    path("generate/batches/<uuid:batch_id>/report.csv", prompt_batches.report, name="prompt-batch-report"),
    path("generate/waivers/", prompt_waivers.listing, name="prompt-waivers"),
    path("generate/waivers/new/", prompt_waivers.ask, name="prompt-waiver-ask"),
    path("generate/waivers/<int:waiver_id>/answer/", prompt_waivers.answer, name="prompt-waiver-answer"),
    path("generate/waivers/<int:waiver_id>/end/", prompt_waivers.end, name="prompt-waiver-end"),
    path("generate/clips/", brief_clips.send, name="generate-clips"),
    path("generate/clips/<str:check_id>/", brief_clips.wait, name="generate-clip"),
    path("generate/comments/<int:comment_id>/", remade.from_comment, name="generate-from-comment"),
    path("generate/sources/", slots.offered, name="generate-sources"),
    path("generate/forecast/", studio.forecast, name="generate-forecast"),
    path("generate/running/", studio.running, name="jobs-running"),
    path("generate/jobs/<uuid:job_id>/", takes.job, name="job"),
    path("generate/jobs/<uuid:job_id>/cancel/", takes.cancel, name="job-cancel"),
    path("generate/jobs/<uuid:job_id>/retry/", takes.retry, name="job-retry"),
    path("generate/jobs/<uuid:job_id>/more/", takes.more, name="job-more"),
    path("assets/<uuid:asset_id>/origin/", origin.asset_origin, name="asset-origin"),
    path("assets/<uuid:asset_id>/reproduction/", reproductions.reproduction, name="asset-reproduction"),
    path("assets/<uuid:asset_id>/reproduction/ask/", reproductions.ask, name="asset-reproduce"),
    path(
        "assets/<uuid:asset_id>/reproduction/cancel/", reproductions.cancel, name="asset-reproduction-cancel"
    ),
]
