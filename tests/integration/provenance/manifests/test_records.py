"""What was read from a version's master, kept on it."""

from pathlib import Path

import pytest

from dam.catalog.models import Approval, Credentials, Version
from dam.ingest import steps
from dam.ingest.models import StepState
from provenance.manifests import records, tasks
from provenance.manifests.models import ManifestRecord
from tests.release_factory import case_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "state", "credentials"), [("generated", "trusted", "test"), ("plain", "none", "none")]
)
def test_checking_a_master_keeps_its_verdict(
    kind: str, state: str, credentials: str, request: pytest.FixtureRequest
) -> None:
    case = case_of(request.getfixturevalue(kind))
    records.check_master(case.version)
    records.check_master(case.version)
    case.version.refresh_from_db()
    assert case.version.credentials == credentials
    assert ManifestRecord.objects.get(version=case.version).state == state


def test_the_step_runs_the_check(plain: Path) -> None:
    case = case_of(plain)
    steps.begin(case.version)
    tasks.check_credentials(str(case.version.pk))
    step = case.version.steps.get(name="credentials")
    assert (step.state, step.reason) == (StepState.DONE, str(Credentials.NONE.label))
    assert Version.objects.get(pk=case.version.pk).approval == Approval.DRAFT
