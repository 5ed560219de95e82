"""The Celery application. Every task names its queue: gpu, media, index, sign or default."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dam.settings")

app = Celery("reelproof")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    ["dam.ingest", "dam.search", "provenance.manifests", "provenance.review", "generation"],
    related_name="tasks",
)
