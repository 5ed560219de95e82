"""What holds for every page: the frame, sign-in, errors, the content security policy."""

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries, Settings

from dam.accounts import demo, principals
from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.web import errors
from tests.factories import MembershipFactory, UserFactory, member
from tests.integration.dam.web.conftest import SignIn


def test_scripts_and_styles_come_from_here_alone(sign_in: SignIn) -> None:
    policy = sign_in(Role.CREATOR).get("/b/northwind/").headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy + ";"
    assert "style-src 'self';" in policy + ";"
    assert "unsafe" not in policy


def test_the_rail_offers_what_the_role_includes(sign_in: SignIn) -> None:
    def offered(role: Role) -> list[str]:
        page = sign_in(role).get("/b/northwind/").content.decode()
        return [name for name in ("Generate", "Review", "Activity", "Trash") if f">{name}</span>" in page]

    assert offered(Role.VIEWER) == []
    assert offered(Role.CREATOR) == ["Generate", "Review", "Activity", "Trash"]
    assert offered(Role.LEGAL_REVIEWER) == ["Review", "Activity"]
    assert offered(Role.LIBRARIAN) == ["Generate", "Review", "Activity", "Trash"]


def test_a_brand_has_its_own_hue(brand: Brand, sign_in: SignIn) -> None:
    Brand.objects.filter(pk=brand.pk).update(accent_hue=150)
    styles = sign_in(Role.VIEWER).get("/b/northwind/brand.css")
    assert styles.headers["Content-Type"].startswith("text/css")
    assert b"--hue: 150;" in styles.content


def test_the_switcher_lists_only_ones_own_brands(brand: Brand) -> None:
    person = member(brand).user
    MembershipFactory.create(user=person, brand__name="My other brand")
    MembershipFactory.create(brand__name="Brand of a stranger")
    client = Client()
    client.force_login(person)
    page = client.get("/b/northwind/").content.decode()
    assert "My other brand" in page
    assert "Brand of a stranger" not in page


def test_home_leads_a_reviewer_to_where_reviews_start(sign_in: SignIn) -> None:
    answer = sign_in(Role.LEGAL_REVIEWER).get("/")
    assert answer.headers["Location"] == "/b/northwind/reviews/start/"


def test_home_leads_to_the_library(sign_in: SignIn) -> None:
    assert sign_in(Role.VIEWER).get("/").headers["Location"] == "/b/northwind/"


def test_a_person_without_a_brand_is_told_what_to_do(db: None) -> None:
    client = Client()
    client.force_login(UserFactory.create())
    page = client.get("/")
    assert page.status_code == 403
    assert "Ask an administrator" in page.content.decode()


def test_whoever_is_signed_out_signs_in_and_goes_on(brand: Brand) -> None:
    assert Client().get("/b/northwind/").headers["Location"] == "/accounts/login/?next=/b/northwind/"


def test_demo_people_are_listed_where_demo_is_on(brand: Brand, settings: Settings) -> None:
    person = member(brand, Role.LEGAL_REVIEWER)
    settings.DEMO = True
    page = Client().get("/accounts/login/").content.decode()
    assert person.user.email in page
    assert demo.PASSWORD in page


def test_demo_people_are_not_listed_elsewhere(brand: Brand) -> None:
    person = member(brand)
    page = Client().get("/accounts/login/").content.decode()
    assert person.user.email not in page
    assert demo.PASSWORD not in page


@pytest.mark.parametrize(
    "address", ["login/", "password/reset/", "password/reset/done/", "password/reset/key/done/"]
)
def test_account_pages_wear_the_frame(db: None, address: str) -> None:
    page = Client().get(f"/accounts/{address}").content.decode()
    assert 'class="account-card"' in page


@pytest.mark.parametrize("address", ["password/change/", "logout/", "reauthenticate/"])
def test_account_pages_of_the_signed_in_wear_the_frame(sign_in: SignIn, address: str) -> None:
    page = sign_in(Role.VIEWER).get(f"/accounts/{address}").content.decode()
    assert 'class="account-card"' in page


def test_a_missing_page_says_so_in_words(sign_in: SignIn) -> None:
    page = sign_in(Role.VIEWER).get("/b/northwind/nowhere/")
    assert page.status_code == 404
    assert "Page not found" in page.content.decode()


def test_a_refusal_names_the_role(sign_in: SignIn) -> None:
    page = sign_in(Role.LEGAL_REVIEWER).get("/b/northwind/trash/")
    assert page.status_code == 403
    assert "legal reviewer" in page.content.decode()


def test_a_stale_form_is_refused_in_words(brand: Brand) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(member(brand).user)
    page = client.post("/accounts/logout/")
    assert page.status_code == 403
    assert "Your session has changed" in page.content.decode()


def test_the_error_page_needs_no_database(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        page = errors.server_error(RequestFactory().get("/"))
    assert page.status_code == 500
    assert "Something went wrong" in page.content.decode()


def test_a_database_that_is_away_is_told_as_something_to_wait_for(
    db: None, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(Role.CREATOR)
    client.raise_request_exception = False

    def gone(*_: object, **__: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(principals, "signed_in", gone)
    page = client.get("/b/northwind/")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "10")
    assert "temporarily unavailable" in page.content.decode()
