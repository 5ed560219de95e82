"""A session that ran out, and a token that changed in another tab: nothing that was typed is lost."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from tests.factories import VersionFactory
from tests.integration.dam.web.conftest import SignIn

ORIGIN = {"Origin": "http://testserver"}
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/b/northwind/?q=lime"}


@pytest.fixture
def edit(brand: Brand) -> str:
    return reverse("asset-edit", args=[brand.slug, VersionFactory.create(asset__brand=brand).asset_id])


@pytest.mark.parametrize(
    "headers",
    [
        HTMX,
        {**HTMX, "HX-Boosted": "true"},
        {"Tus-Resumable": "1.0.0"},
        {"Accept": "text/event-stream"},
        {"Accept": "application/json"},
        {"Sec-Fetch-Dest": "empty"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_of_a_page_hears_that_its_person_is_signed_out(
    edit: str, method: str, headers: dict[str, str]
) -> None:
    answer = Client().generic(method, edit, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    where = urlsplit(answer.headers["X-Sign-In"])
    page = "/b/northwind/?q=lime" if "HX-Request" in headers else "/b/northwind/"
    assert (where.path, parse_qs(where.query)) == (reverse("account_login"), {"next": [page]})


def test_another_site_never_becomes_the_page_to_come_back_to(edit: str) -> None:
    headers = {**HTMX, "HX-Current-URL": "https://evil.example/b/northwind/"}
    assert "evil" not in Client().get(edit, headers=headers).headers["X-Sign-In"]


def test_a_page_is_asked_for_again_after_signing_in(edit: str) -> None:
    answer = Client().get(f"{edit}?version=1")
    assert answer.headers["Location"].startswith(reverse("account_login"))
    assert parse_qs(urlsplit(answer.headers["Location"]).query) == {"next": [f"{edit}?version=1"]}


def test_a_form_of_somebody_signed_out_comes_back_with_what_it_held(edit: str) -> None:
    typed = {"title": "\n<b>A new title</b>", "tags": ["summer", "lime"], "password": "secret"}
    answer = Client().post(edit, typed, headers=ORIGIN)
    assert answer.status_code == 401
    html = answer.content.decode()
    assert answer.context["kept"] == [("title", typed["title"]), ("tags", "summer"), ("tags", "lime")]
    assert "&lt;b&gt;A new title" in html
    assert f'action="{edit}"' in html
    assert "secret" not in html


def test_what_another_site_sends_is_not_offered_to_be_sent_again(edit: str) -> None:
    answer = Client().post(edit, {"title": "Forged"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 302
    assert "Forged" not in answer.content.decode()


def test_what_comes_back_can_be_sent_after_signing_in_in_another_tab(brand: Brand, edit: str) -> None:
    from tests.factories import member

    person, client = member(brand, Role.LIBRARIAN).user, Client(enforce_csrf_checks=True)
    page = client.post(edit, {"title": "Kept"}, headers=ORIGIN)
    client.force_login(person)
    client.cookies["csrftoken"] = "a" * 32  # as signing in does
    sent = {"title": "Kept", "csrfmiddlewaretoken": _token(page.content.decode())}
    again = client.post(edit, sent, headers=ORIGIN)
    assert again.status_code == 403
    assert "Your role" not in again.content.decode()
    assert ("title", "Kept") in again.context["kept"]
    sent["csrfmiddlewaretoken"] = _token(again.content.decode())
    assert client.post(edit, sent, headers=ORIGIN).status_code == 302


def test_a_script_whose_token_is_old_gets_the_new_one(brand: Brand, edit: str) -> None:
    from tests.factories import member

    client = Client(enforce_csrf_checks=True)
    client.force_login(member(brand, Role.LIBRARIAN).user)
    client.cookies["csrftoken"] = "a" * 32
    answer = client.post(edit, {"title": "Kept"}, headers={**HTMX, "X-CSRFToken": "b" * 32})
    assert (answer.status_code, answer.json()["code"]) == (403, "token_changed")
    headers = {**HTMX, "X-CSRFToken": answer.headers["X-CSRFToken"]}
    assert client.post(edit, {"title": "Kept"}, headers=headers).status_code == 200


def test_no_page_is_kept_by_anybody_but_its_browser(brand: Brand, sign_in: SignIn) -> None:
    client = sign_in(Role.ADMIN)
    for address in (reverse("library", args=[brand.slug]), reverse("account_email"), "/nothing"):
        assert client.get(address).headers["Cache-Control"] == "private, no-cache"


def _token(html: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', html)
    assert found is not None
    return found[1]


def test_a_page_keeps_no_file_and_says_so(brand: Brand) -> None:
    picture = SimpleUploadedFile("still.png", b"png", content_type="image/png")
    answer = Client().post(
        reverse("picture-search", args=["northwind"]), {"q": "lime", "picture": picture}, headers=ORIGIN
    )
    assert answer.status_code == 401
    assert b"so it isn't kept here" in answer.content
    assert b"Send again" not in answer.content
