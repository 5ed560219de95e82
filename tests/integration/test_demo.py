"""`manage.py demo` against a real worker: a small starter library, and one that was interrupted."""

from collections import Counter
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation

from dam.accounts import demo, roles
from dam.accounts.capabilities import Role
from dam.accounts.models import Membership
from dam.audit import trail
from dam.catalog.models import ReleaseState, Version
from generation.demo_data import clips, people, plan
from generation.demo_data.plan import Goal
from generation.models import GenerationJob
from provenance.review.models import Comment, Review


@pytest.fixture(autouse=True)
def _small(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two clips instead of seven, and a small picture."""
    settings.DEMO = True
    changes = next(footage for footage in plan.FOOTAGE if footage.goal == Goal.CHANGES)
    monkeypatch.setattr(plan, "GENERATED", plan.GENERATED[:1])
    monkeypatch.setattr(plan, "FOOTAGE", (changes,))
    monkeypatch.setattr(plan, "FOOTAGE_SIZE", (320, 180))


def make() -> str:
    out = StringIO()
    call_command("demo", stdout=out)
    return out.getvalue()


@pytest.mark.usefixtures("live_worker")
def test_a_starter_library_in_several_states(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as interrupted:
        interrupted.setattr(clips, "film", _interrupt)
        with pytest.raises(KeyboardInterrupt):
            make()
    assert "complete" in make()
    assert Counter(Version.objects.values_list("approval", flat=True)) == {
        "approved": 1,
        "changes_requested": 1,
    }
    assert Version.objects.get(approval="approved").release == ReleaseState.READY
    assert Comment.objects.get().frame == plan.CHANGES_FRAME
    assert demo.members().count() == 6
    brand = Membership.objects.first().brand  # type: ignore[union-attr]
    assert trail.first_broken(brand) is None

    make()
    assert (GenerationJob.objects.count(), Version.objects.count(), Review.objects.count()) == (1, 2, 2)


def _interrupt(*args: object, **kwargs: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.django_db
def test_people_whose_password_everybody_knows_are_made_only_where_that_was_asked_for(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        make()
    assert not Membership.objects.exists()


@pytest.mark.django_db
def test_who_can_be_tried_is_named_by_role_in_the_readers_language(client: Client, settings: Any) -> None:
    settings.DEMO = True
    people.prepare(password="reelproof-demo")
    page = client.get(reverse("account_login"), headers={"Accept-Language": "de"}).content.decode()
    with translation.override("de"):
        assert str(roles.NAMES[Role.BRAND_REVIEWER]) in page
    assert "Brand reviewer" not in page
