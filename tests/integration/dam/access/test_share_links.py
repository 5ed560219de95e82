"""Share links: a guest sees what is released of what the link opens, for as long as it stands."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.test import RequestFactory

from dam.access import share_links
from dam.accounts import principals
from dam.accounts.capabilities import GUEST_MAY, Capability, Role
from dam.accounts.models import ShareLink
from dam.accounts.principals import Member
from dam.audit import trail
from dam.audit.models import Event
from dam.catalog.models import Asset
from dam.rights.policy import Use
from tests.factories import ApprovedVersionFactory, BrandFactory, VersionFactory, member, token_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WEEK = (NOW + timedelta(days=7)).date()
LATER = NOW + timedelta(days=8)


@pytest.fixture
def librarian() -> Member:
    return member(BrandFactory.create(), Role.LIBRARIAN, name="Lou")


@pytest.fixture
def asset(librarian: Member) -> Asset:
    return ApprovedVersionFactory.create(asset__brand=librarian.brand).asset


def visit() -> HttpRequest:
    request = RequestFactory().get("/")
    request.session = SessionStore()
    return request


def share(by: Member, *assets: Asset, **given: object) -> tuple[ShareLink, str]:
    arguments = {"guest": "Agency", "last_day": WEEK, "use": Use.WEB, "territory": "DE", "at": NOW, **given}
    return share_links.create(by=by, assets=assets, **arguments)  # type: ignore[arg-type]


def test_who_has_the_secret_comes_in_as_a_guest_and_stays_one(librarian: Member, asset: Asset) -> None:
    link, secret = share(librarian, asset, capabilities={Capability.VIEW, Capability.COMMENT})
    request = visit()
    guest = principals.enter(request, secret=secret, at=NOW)
    assert (guest.brand, guest.label, guest.link_id) == (librarian.brand, "Agency", link.pk)
    assert guest.capabilities == {Capability.VIEW, Capability.COMMENT}
    assert principals.guest(request, slug=librarian.brand.slug, at=NOW) == guest


def test_a_link_opens_until_the_end_of_its_last_day_where_the_brand_is(
    librarian: Member, asset: Asset
) -> None:
    librarian.brand.time_zone = "America/Los_Angeles"
    link, _ = share(librarian, asset, last_day=NOW.date())
    assert link.expires_at.isoformat() == "2026-11-22T23:59:59-08:00"


def test_entering_takes_a_new_session_so_that_nobody_plants_one(librarian: Member, asset: Asset) -> None:
    _, secret = share(librarian, asset)
    request = visit()
    request.session.create()
    before = request.session.session_key
    principals.enter(request, secret=secret, at=NOW)
    assert request.session.session_key != before


def test_sharing_and_ending_leave_an_event_each_and_never_the_secret(librarian: Member, asset: Asset) -> None:
    link, secret = share(librarian, asset)
    share_links.revoke(link, by=librarian, at=NOW)
    made, ended = Event.objects.order_by("sequence")
    assert (made.verb, made.target, made.data["assets"]) == ("share.created", "Agency", [str(asset.pk)])
    assert (ended.verb, ended.data["link"]) == ("share.revoked", link.prefix)
    assert secret not in str(made.data) + str(ended.data) + str(ShareLink.objects.values())
    assert trail.first_broken(librarian.brand) is None


@pytest.mark.parametrize("wrong", ["", "rps_", "rps_unknown", "ü"])
def test_an_unknown_secret_lets_nobody_in(librarian: Member, asset: Asset, wrong: str) -> None:
    share(librarian, asset)
    request = visit()
    with pytest.raises(principals.UnknownLink):
        principals.enter(request, secret=wrong, at=NOW)
    assert not principals.came_as_guest(request)


def test_the_first_characters_alone_open_nothing(librarian: Member, asset: Asset) -> None:
    link, _ = share(librarian, asset)
    with pytest.raises(principals.UnknownLink):
        principals.enter(visit(), secret=link.prefix, at=NOW)


def test_a_link_ends_when_it_expires_and_when_it_is_revoked(librarian: Member, asset: Asset) -> None:
    link, secret = share(librarian, asset)
    request = visit()
    principals.enter(request, secret=secret, at=NOW)
    slug = librarian.brand.slug
    assert principals.guest(request, slug=slug, at=LATER) is None
    share_links.revoke(link, by=librarian, at=NOW)
    assert principals.guest(request, slug=slug, at=NOW) is None
    with pytest.raises(principals.UnknownLink):
        principals.enter(visit(), secret=secret, at=NOW)


def test_one_session_holds_the_links_of_several_brands_apart(librarian: Member, asset: Asset) -> None:
    other = member(BrandFactory.create(), Role.ADMIN)
    theirs = ApprovedVersionFactory.create(asset__brand=other.brand).asset
    request = visit()
    for by, shared in ((librarian, asset), (other, theirs)):
        principals.enter(request, secret=share(by, shared)[1], at=NOW)
    brands = (librarian.brand, other.brand)
    guests = [principals.guest(request, slug=brand.slug, at=NOW) for brand in brands]
    assert [guest.brand if guest else None for guest in guests] == list(brands)
    assert principals.guest(request, slug=BrandFactory.create().slug, at=NOW) is None


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"capabilities": {Capability.VIEW, Capability.VIEW_UNRELEASED}}, "beyond_guest"),
        ({"capabilities": {Capability.VIEW, Capability.DOWNLOAD_MASTER}}, "beyond_guest"),
        ({"capabilities": {Capability.COMMENT}}, "beyond_guest"),
        ({"guest": " "}, "no_name"),
        ({"last_day": NOW.date() - timedelta(days=1)}, "past_date"),
    ],
)
def test_a_link_that_must_not_be_is_refused(
    librarian: Member, asset: Asset, given: dict[str, object], code: str
) -> None:
    with pytest.raises(share_links.ShareRefused) as refused:
        share(librarian, asset, **given)
    assert refused.value.code == code
    assert not ShareLink.objects.exists()


def test_a_link_opens_clips_of_ones_own_library_alone(librarian: Member, asset: Asset) -> None:
    foreign = ApprovedVersionFactory.create().asset
    for assets, code in (((), "how_many"), ((asset, foreign), "not_yours")):
        with pytest.raises(share_links.ShareRefused) as refused:
            share(librarian, *assets)
        assert refused.value.code == code
    assert not ShareLink.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.LIBRARIAN, Role.ADMIN)])
def test_only_who_keeps_the_library_shares_and_ends_sharing(
    librarian: Member, asset: Asset, role: Role
) -> None:
    link, _ = share(librarian, asset)
    for person in (member(librarian.brand, role), member(BrandFactory.create(), Role.ADMIN)):
        with pytest.raises(PermissionDenied):
            share_links.revoke(link, by=person)
    with pytest.raises(PermissionDenied):
        share(member(librarian.brand, role), asset)


def test_a_program_shares_no_more_than_it_may_itself(librarian: Member, asset: Asset) -> None:
    token = token_of(librarian, {Capability.VIEW, Capability.SHARE})
    draft = VersionFactory.create(asset__brand=librarian.brand).asset
    for assets, capabilities, code in (
        ([asset], GUEST_MAY, "beyond_guest"),
        ([draft], {Capability.VIEW}, "not_yours"),
    ):
        with pytest.raises(share_links.ShareRefused) as refused:
            share_links.create(
                by=token,
                guest="A",
                assets=assets,
                capabilities=capabilities,
                last_day=WEEK,
                at=NOW,
                use=Use.WEB,
                territory="DE",
            )
        assert refused.value.code == code


def test_what_is_ended_is_ended_once(librarian: Member, asset: Asset) -> None:
    link, _ = share(librarian, asset)
    share_links.revoke(link, by=librarian)
    with pytest.raises(share_links.ShareRefused, match="already been revoked"):
        share_links.revoke(link, by=librarian)


def test_a_right_that_a_row_should_not_hold_counts_for_nothing(librarian: Member, asset: Asset) -> None:
    link, secret = share(librarian, asset)
    ShareLink.objects.filter(pk=link.pk).update(capabilities=["view", "view_unreleased", "manage_brand"])
    assert principals.enter(visit(), secret=secret, at=NOW).capabilities == {Capability.VIEW}


def test_a_name_that_is_too_long_is_refused_and_not_cut(librarian: Member, asset: Asset) -> None:
    with pytest.raises(share_links.ShareRefused, match="this one has 81"):
        share(librarian, asset, guest="x" * 81)
    assert share(librarian, asset, guest="x" * 80)[0].guest == "x" * 80
