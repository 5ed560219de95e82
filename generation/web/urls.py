"""Addresses of generation, below /b/<brand>/."""

from django.urls import URLPattern, path

from generation.web import demo_page, models_page, origin, slots, studio, takes

urlpatterns: list[URLPattern] = [
    path("administration/models/", models_page.models, name="administration-models"),
    path("administration/demo/", demo_page.demo_brand, name="demo-brand"),
    path("generate/", studio.studio, name="generate"),
    path("generate/sources/", slots.offered, name="generate-sources"),
    path("generate/forecast/", studio.forecast, name="generate-forecast"),
    path("generate/running/", studio.running, name="jobs-running"),
    path("generate/jobs/<uuid:job_id>/", takes.job, name="job"),
    path("generate/jobs/<uuid:job_id>/cancel/", takes.cancel, name="job-cancel"),
    path("generate/jobs/<uuid:job_id>/retry/", takes.retry, name="job-retry"),
    path("generate/jobs/<uuid:job_id>/more/", takes.more, name="job-more"),
    path("assets/<uuid:asset_id>/origin/", origin.asset_origin, name="asset-origin"),
]
