"""The demo brand on an installation that began without it: who can make it, and who is shown the way."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.accounts import demo
from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Membership, User
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.catalog.models import Approval, Processing, RenditionKind
from dam.notifications.models import NotificationChoice
from generation.demo_data import clips, making, plan
from tests.factories import BrandFactory, RenditionFactory, VersionFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def runs(settings: Any) -> Member:
    settings.DEMO = False
    return member(BrandFactory.create(), Role.ADMIN, is_superuser=True)


def library_of(person: Member) -> str:
    client = Client()
    client.force_login(person.user)
    return client.get(reverse("library", args=[person.brand.slug])).text


def test_an_empty_library_leads_there_those_who_can_make_it_or_are_in_it_and_nobody_else(
    runs: Member,
) -> None:
    other = member(runs.brand, Role.ADMIN)
    page = reverse("demo-brand", args=[runs.brand.slug])
    assert page in library_of(runs)
    client = Client()
    client.force_login(runs.user)
    assert "Make the demo brand" in client.get(page).text
    made = client.post(page)
    assert made.headers["Location"] == reverse("library", args=[demo.SLUG])
    assert f'href="{made.headers["Location"]}"' in library_of(runs)
    assert "Look around" not in library_of(other)
    assert f"0 of {len(plan.GENERATED) + len(plan.FOOTAGE)}" in client.get(page).text
    assert client.get(reverse("library", args=[demo.SLUG])).status_code == 200
    assert "Look around" not in client.get(reverse("library", args=[demo.SLUG])).text


def test_its_people_have_no_password_and_are_sent_no_mail(runs: Member) -> None:
    brand = making.make(by=runs)
    made_up = User.objects.filter(email__endswith=f"@{demo.SLUG}.example")
    assert made_up.count() == len(plan.PEOPLE)
    assert not any(user.has_usable_password() for user in made_up)
    assert not NotificationChoice.objects.filter(user__in=made_up).exclude(mail="off").exists()
    assert NotificationChoice.objects.filter(brand=brand).values("user").distinct().count() == len(made_up)
    verbs = list(Event.objects.filter(brand=brand).order_by("sequence").values_list("verb", flat=True))
    assert verbs == ["brand.created", "member.admitted"]
    making.make(by=runs)
    assert Event.objects.filter(brand=brand).count() == 2, "a second time changes nothing"


def test_nobody_else_makes_it_and_it_takes_no_brand_over(runs: Member) -> None:
    with pytest.raises(PermissionDenied):
        making.make(by=member(runs.brand, Role.ADMIN))
    BrandFactory.create(slug=demo.SLUG)
    with pytest.raises(making.DemoRefused, match="address already"):
        making.make(by=runs)
    assert not Membership.objects.filter(brand__slug=demo.SLUG).exists()


def test_its_clips_are_brought_on_for_a_day(runs: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    brand = making.make(by=runs)
    monkeypatch.setattr(making, "offer", lambda name: True)
    footage = plan.FOOTAGE[0]
    carla = User.objects.get(email=f"creator@{demo.SLUG}.example")
    version = VersionFactory.create(
        asset__brand=brand, asset__created_by=carla, filename=footage.filename, processing=Processing.READY
    )
    RenditionFactory.create(version=version, kind=RenditionKind.PROXY)
    taken: list[str] = []
    monkeypatch.setattr(clips, "advance", lambda version, goal, people: taken.append(version.filename))
    making.bring_on(at=timezone.now())
    assert taken == [footage.filename]
    assert making.progress(brand).ready == 1
    making.bring_on(at=timezone.now() + timedelta(days=2))
    Brand.objects.filter(pk=brand.pk).update(closed_at=timezone.now())
    making.bring_on(at=timezone.now())
    assert len(taken) == 1
    assert version.approval == Approval.DRAFT
