"""What was not recorded of models in time: by a worker of the release before, or by their folders."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from dam.audit import trail
from dam.catalog.models import Approval
from dam.models import Brand, MadeWith
from dam.rights.model_licences import standings
from dam.rights.model_licences.models import ApprovedBefore
from generation import model_register
from generation.generators.base import ModelIdentity
from generation.models import GenerationJob

WITHIN = timedelta(days=7)
MOST = 500  # of a brand in one run, which is once an hour


def catch_up(*, at: datetime) -> int:
    """Record the models of the latest clips that lack one; how many."""
    return sum(_catch_up(brand, at=at) for brand in Brand.objects.filter(deleted_at=None).order_by("pk"))


def fill_in() -> int:
    """Add to the records of models what their folders say by now, such as a licence; to how many."""
    known = [model_register.weights(each.identity) for each in model_register.choices()]
    return sum(standings.fill_in(each) for each in known if each.sha256)


def _catch_up(brand: Brand, *, at: datetime) -> int:
    recorded = Exists(MadeWith.objects.filter(version=OuterRef("version")))
    jobs = GenerationJob.objects.filter(brand=brand, created_at__gte=at - WITHIN, version__isnull=False)
    rows = jobs.filter(~recorded, model__weights_sha256__gt="").select_related("version__brand")
    found = list(rows.order_by("-created_at")[:MOST])
    for job in found:
        version = job.version
        assert version is not None
        with trail.recording():
            # By a process of an earlier version, which didn't ask about its model.
            if version.approval == Approval.APPROVED:
                ApprovedBefore.objects.get_or_create(version=version)
            standings.record(version, model_register.weights(ModelIdentity(**job.model)))
    return len(found)
