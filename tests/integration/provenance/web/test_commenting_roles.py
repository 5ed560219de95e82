"""A role of a brand's own that may comment and not see drafts: the brand's words aren't for it."""

import pytest
from django.test import Client
from django.urls import reverse

from dam.access import custom_roles
from dam.accounts import principals, roles
from dam.accounts.capabilities import Capability, Role
from dam.accounts.models import Brand, Membership
from dam.accounts.principals import Member
from provenance.review import assigning, comments
from provenance.review.models import Comment
from tests.factories import ApprovedVersionFactory, BrandFactory, UserFactory, member

pytestmark = pytest.mark.django_db
WORDS = "The logo is not cleared in France."


@pytest.fixture
def brand() -> Brand:
    made: Brand = BrandFactory.create()
    return made


@pytest.fixture
def outsider(brand: Brand) -> Member:
    """Comments, and sees what is released alone."""
    role = custom_roles.make(by=member(brand, Role.ADMIN), name="Outside", able=[Capability.COMMENT])
    person = UserFactory.create()
    Membership.objects.create(user=person, brand=brand, **roles.columns(role.value))
    found = principals.member(person, brand)
    assert found is not None
    return found


@pytest.fixture
def comment(brand: Brand) -> Comment:
    version = ApprovedVersionFactory.create(asset__brand=brand)
    return comments.add(version, by=member(brand, Role.CREATOR), body=WORDS)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("comment-add", {"body": "Mine"}),
        ("comment-resolve", {}),
        ("comment-reopen", {}),
        ("comment-assign", {}),
    ],
)
def test_no_answer_has_the_brands_comments(
    outsider: Member, comment: Comment, name: str, data: dict[str, str]
) -> None:
    client = Client(headers={"HX-Request": "true"})
    client.force_login(outsider.user)
    about = comment.version_id if name == "comment-add" else comment.pk
    answer = client.post(reverse(name, args=[comment.version.brand.slug, about]), data)
    assert answer.status_code == 403
    assert WORDS not in answer.content.decode()
    assert Comment.objects.count() == 1


def test_nothing_is_assigned_to_it(brand: Brand, outsider: Member) -> None:
    creator = member(brand, Role.CREATOR)
    offered = assigning.people(brand)
    assert creator.user in offered
    assert outsider.user not in offered


@pytest.mark.parametrize("resolved", [False, True])
def test_what_needs_another_right_is_not_offered(brand: Brand, comment: Comment, resolved: bool) -> None:
    role = custom_roles.make(by=member(brand, Role.ADMIN), name="Reader", able=[Capability.VIEW_UNRELEASED])
    person = UserFactory.create()
    Membership.objects.create(user=person, brand=brand, **roles.columns(role.value))
    client = Client(headers={"HX-Request": "true"})
    client.force_login(person)
    if resolved:
        comments.resolve(comment, by=member(brand, Role.CREATOR))
    page = client.get(reverse("comments", args=[brand.slug, comment.version_id])).text
    assert WORDS in page
    for name in ("comment-resolve", "comment-reopen", "comment-assign"):
        assert reverse(name, args=[brand.slug, comment.pk]) not in page
