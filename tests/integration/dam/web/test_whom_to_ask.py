"""Why can't I use this? The page says what helps and names those of the brand who can do it."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dam.access import tokens
from dam.accounts.capabilities import Capability, Role
from dam.accounts.models import Brand, CustomRole, Membership, User
from dam.accounts.principals import Member, Principal, Token
from dam.accounts.times import here
from dam.catalog.models import Approval, ReleaseState, Version
from dam.rights.models import RightsRecord
from dam.rights.policy import Cause
from dam.web import people_to_ask, whom_to_ask
from tests.factories import ApprovedVersionFactory, BrandFactory, VersionFactory, member
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand() -> Brand:
    made: Brand = BrandFactory.create()
    return made


def named(brand: Brand, role: Role, name: str) -> Member:
    found = member(brand, role)
    found.user.name = name
    found.user.save()
    return found


def token(brand: Brand) -> Token:
    """A program of a creator's that may see everything and change nothing."""
    owner = named(brand, Role.CREATOR, "Olive Owner")
    return Token(owner.user, brand, owner.role, 1, "Nightly", frozenset({Capability.VIEW}))


def ended(brand: Brand) -> Version:
    version: Version = ApprovedVersionFactory.create(asset__brand=brand, release=ReleaseState.READY)
    type(version.asset).objects.filter(pk=version.asset_id).update(released=version)
    RightsRecord.objects.update_or_create(
        version=version,
        defaults={
            "uses": ["web"],
            "territories": ["EU"],
            "valid_until": datetime(2026, 1, 31, 22, 59, 59, tzinfo=UTC),
        },
    )
    return version


def way(version: Version, *causes: Cause, by: Principal) -> list[str]:
    return [str(each) for each in whom_to_ask.way(version, causes, by=by, at=here(version.brand))]


def test_a_few_people_are_named_and_how_many_more_there_are(brand: Brand) -> None:
    clip, viewer = ended(brand), member(brand, Role.VIEWER)
    named(BrandFactory.create(), Role.LEGAL_REVIEWER, "Stranger")
    named(brand, Role.LEGAL_REVIEWER, "Ada")
    assert way(clip, Cause.ENDED, by=viewer) == ["Ask to renew the clearance. Ask Ada."]
    named(brand, Role.LEGAL_REVIEWER, "Ben")
    assert way(clip, Cause.ENDED, by=viewer) == ["Ask to renew the clearance. Ask Ada or Ben."]
    for name in ("Cleo", "Dan", "Eve"):
        named(brand, Role.LEGAL_REVIEWER, name)
    said = way(clip, Cause.ENDED, by=viewer)
    assert said == ["Ask to renew the clearance. Ask Ada, Ben, Cleo and 2 more."]


def test_who_left_is_not_named(brand: Brand) -> None:
    clip, left = ended(brand), named(brand, Role.LEGAL_REVIEWER, "Ada")
    left.user.is_active = False
    left.user.save()
    told = way(clip, Cause.EMBARGO, by=member(brand, Role.VIEWER))
    assert "No one in this brand can do this now." in told[0]


def test_who_can_do_it_gets_a_link_and_no_name(brand: Brand) -> None:
    draft = VersionFactory.create(asset__brand=brand)
    maker = member(brand, Role.CREATOR)
    (advice,) = whom_to_ask.way(draft, [Cause.DRAFT], by=maker, at=here(brand))
    assert (advice.step, advice.ask) == ("Send it to review.", "")
    assert advice.url.endswith("?tab=review#send")
    (advice,) = whom_to_ask.way(draft, [Cause.DRAFT], by=member(brand, Role.BRAND_REVIEWER), at=here(brand))
    assert advice.url == ""
    assert maker.name in advice.ask


def test_a_legal_reviewer_is_led_to_the_first_day_of_use(brand: Brand) -> None:
    clip, legal = ended(brand), member(brand, Role.LEGAL_REVIEWER)
    (advice,) = whom_to_ask.way(clip, [Cause.EMBARGO], by=legal, at=here(brand))
    assert advice.url == f"{reverse('asset-embargo', args=[brand.slug, clip.asset_id])}?version={clip.number}"


def test_a_review_says_for_whom_it_has_waited_since_when(brand: Brand) -> None:
    case = Case(brand)
    review = case.submit()

    def said() -> str:
        version = Version.objects.select_related("asset", "brand").get(pk=case.version.pk)
        return " ".join(way(version, Cause.IN_REVIEW, by=case.creator))

    assert f"It has waited for {case.brand_reviewer.name} since" in said()
    assert case.legal_reviewer.name not in said()
    case.approve(review, by=case.brand_reviewer)
    assert f"It has waited for {case.legal_reviewer.name} since" in said()
    assert case.brand_reviewer.name not in said()


def test_a_new_version_is_its_creators_to_make(brand: Brand) -> None:
    maker = named(brand, Role.CREATOR, "Mia")
    named(brand, Role.CREATOR, "Nils")
    draft = VersionFactory.create(
        asset__brand=brand, created_by=maker.user, approval=Approval.CHANGES_REQUESTED
    )
    (said,) = way(draft, Cause.CHANGES_REQUESTED, by=member(brand, Role.LEGAL_REVIEWER))
    assert said.endswith("Ask Mia.")
    Membership.objects.filter(user=maker.user).update(deactivated_at=here(brand))
    (said,) = way(draft, Cause.CHANGES_REQUESTED, by=member(brand, Role.LEGAL_REVIEWER))
    assert said.endswith("Ask Nils.")


def test_roles_that_the_brand_made_itself_count_by_what_they_may_do(brand: Brand) -> None:
    clip, viewer = ended(brand), member(brand, Role.VIEWER)
    for name, able in (("Counsel", [Capability.VIEW, Capability.DECIDE_LEGAL]), ("Guest", [Capability.VIEW])):
        role = CustomRole.objects.create(brand=brand, name=name, capabilities=[each.value for each in able])
        person = named(brand, Role.VIEWER, f"{name} Kim")
        Membership.objects.filter(user=person.user).update(role="", custom_role=role)
    assert way(clip, Cause.ENDED, by=viewer) == ["Ask to renew the clearance. Ask Counsel Kim."]
    program = token(brand)
    assert way(clip, Cause.ENDED, by=program) == [
        "Ask to renew the clearance. Ask someone with the role Counsel."
    ]


def test_no_more_people_are_read_than_are_named(brand: Brand) -> None:
    clip, viewer = ended(brand), member(brand, Role.VIEWER)
    for _each in range(20):
        member(brand, Role.LEGAL_REVIEWER)
    with CaptureQueriesContext(connection) as asked:
        (said,) = way(clip, Cause.ENDED, by=viewer)
    assert said.endswith("and 17 more.")
    (query,) = (each["sql"] for each in asked)
    assert f"LIMIT {people_to_ask.MOST}" in query


def test_a_licence_is_for_who_runs_the_installation(brand: Brand) -> None:
    clip, viewer = ended(brand), member(brand, Role.VIEWER)
    (said,) = way(clip, Cause.MODEL_LICENCE, by=viewer)
    assert said.endswith("Ask an installation administrator.")
    runs = named(brand, Role.ADMIN, "Root")
    runs.user.is_superuser = True
    runs.user.save()
    (said,) = way(clip, Cause.MODEL_LICENCE, by=viewer)
    assert said.endswith("Ask Root.")


def test_it_takes_as_many_queries_for_many_people_and_steps(brand: Brand) -> None:
    clip, viewer = ended(brand), member(brand, Role.VIEWER)
    with CaptureQueriesContext(connection) as few:
        way(clip, Cause.ENDED, by=viewer)
    for _each in range(5):
        member(brand, Role.LEGAL_REVIEWER)
    causes = [cause for cause in Cause if cause not in (Cause.IN_REVIEW,)]
    with CaptureQueriesContext(connection) as many:
        way(clip, *causes, by=viewer)
    assert len(few) == len(many) == 1


def test_a_request_looks_people_up_once(brand: Brand) -> None:
    clip, client = ended(brand), Client()
    client.force_login(member(brand, Role.VIEWER).user)
    for _each in range(5):
        member(brand, Role.LEGAL_REVIEWER)
    page = reverse("asset", args=[brand.slug, clip.asset_id])
    with CaptureQueriesContext(connection) as asked:
        client.get(page, {"tab": "rights", "use": "web", "territory": "DE"})
    assert sum("of_all" in each["sql"] for each in asked) == 1


def test_programs_are_told_roles_and_no_names(brand: Brand) -> None:
    case = Case(brand)
    case.submit()
    asks = token(brand)
    version = Version.objects.select_related("asset", "brand").get(pk=case.version.pk)
    with CaptureQueriesContext(connection) as few:
        (waits,) = way(version, Cause.IN_REVIEW, by=asks)
    assert "It has waited for someone with the role Brand reviewer since" in waits
    everything = " ".join(way(version, *Cause, by=asks))
    for person in User.objects.all():
        assert str(person) not in everything
    assert "Ask an installation administrator." in " ".join(way(version, Cause.MODEL_LICENCE, by=asks))
    for _each in range(5):
        member(brand, Role.BRAND_REVIEWER)
    with CaptureQueriesContext(connection) as many:
        way(version, Cause.IN_REVIEW, by=asks)
    assert len(few) == len(many)


def test_the_page_the_rights_tab_the_api_and_a_refused_download_say_it(brand: Brand) -> None:
    clip, viewer = ended(brand), member(brand, Role.VIEWER)
    named(brand, Role.LEGAL_REVIEWER, "Ada")
    client = Client()
    client.force_login(viewer.user)
    page = reverse("asset", args=[brand.slug, clip.asset_id])
    for asked in ({}, {"tab": "rights", "use": "web", "territory": "DE"}):
        told = client.get(page, asked).content.decode()
        assert "Ask Ada." in told
        assert "#renewal" in told
    told = client.get(reverse("asset-rights", args=[brand.slug, clip.asset_id])).json()
    assert told["way_to_yes"] == [{"step": "Ask to renew the clearance.", "ask": "Ask Ada."}]
    refused = client.get(reverse("release-file", args=[brand.slug, clip.pk]))
    assert refused.status_code == 403
    assert "Ask to renew the clearance. Ask Ada." in refused.content.decode()


def test_the_api_tells_a_program_the_role(brand: Brand) -> None:
    clip = ended(brand)
    named(brand, Role.LEGAL_REVIEWER, "Ada")
    owner = member(brand, Role.CREATOR)
    _token, secret = tokens.create(name="Rights", capabilities=[Capability.VIEW], by=owner)
    program = Client(headers={"Authorization": f"Bearer {secret}"})
    told = program.get(reverse("asset-rights", args=[brand.slug, clip.asset_id])).json()
    assert told["way_to_yes"] == [
        {"step": "Ask to renew the clearance.", "ask": "Ask someone with the role Legal reviewer."}
    ]
