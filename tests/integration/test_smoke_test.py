"""`manage.py tour` against a real worker: the main job from end to end."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Membership, User
from dam.audit import trail
from dam.audit.models import Event
from dam.catalog.models import Approval, RenditionKind, Version
from generation import smoke_test
from provenance.review import reviews
from tests.factories import BrandFactory, RenditionFactory, VersionFactory


def take(*arguments: str) -> tuple[int, dict[str, Any]]:
    """The exit status, and the JSON on standard output."""
    out = StringIO()
    try:
        call_command("tour", *arguments, "--json", stdout=out, stderr=StringIO())
    except SystemExit as end:
        return int(str(end.code)), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


@pytest.mark.usefixtures("live_worker")
def test_the_whole_main_job_holds() -> None:
    brand: Brand = BrandFactory.create()
    status, payload = take("--brand", brand.slug)
    assert [step for step in payload["steps"] if not step["held"]] == []
    assert status == 0
    assert payload["verdict"]["state"] == "trusted"
    assert len(payload["verdict"]["manifests"]) == 2
    version = Version.objects.get(asset_id=payload["asset"])
    assert version.approval == Approval.APPROVED
    downloaded = Event.objects.get(brand=brand, verb="release.downloaded")
    assert (downloaded.data["use"], downloaded.data["territory"]) == ("web", "EU")
    assert trail.first_broken(brand) is None
    assert not Membership.objects.filter(brand=brand).exists()
    assert not User.objects.filter(email__startswith="tour-", is_active=True).exists()


@pytest.mark.django_db
def test_without_a_worker_it_says_so_and_fails() -> None:
    brand: Brand = BrandFactory.create()
    status, payload = take("--brand", brand.slug, "--timeout", "0")
    assert status == 1
    assert payload["verdict"] is None
    assert "Are the workers running?" in payload["steps"][-1]["detail"]
    assert not User.objects.filter(email__startswith="tour-", is_active=True).exists()


@pytest.mark.django_db
def test_a_house_that_lets_people_approve_their_own_work_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    brand: Brand = BrandFactory.create()
    with smoke_test.people(brand) as people:
        made = VersionFactory.create(asset__brand=brand, asset__created_by=people[Role.CREATOR])
        RenditionFactory.create(version=made, kind=RenditionKind.PROXY)
        tour = smoke_test.Tour(brand=brand, people=people, patience=0, generated=made)
        smoke_test.submit(tour)
        assert "someone else" in smoke_test.refuse_self_approval(tour)
        monkeypatch.setattr(reviews, "refusal_to_decide", lambda review, *, by, asked=None: None)
        with pytest.raises(smoke_test.TourFailed, match="could approve"):
            smoke_test.refuse_self_approval(tour)
