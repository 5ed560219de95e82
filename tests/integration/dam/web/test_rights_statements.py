"""Licence, holder and restriction on a clip's tab of rights."""

import re
from html import unescape

import pytest
from django.test import Client

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog.models import Approval, Version
from dam.collections.models import RecentClip
from dam.rights import statements
from dam.rights.models import RightsRecord
from tests.factories import VersionFactory, member

FRAGMENT = {"HX-Request": "true", "HX-Target": "statements"}
SAID = {"licence": "Stock 12", "rights_holder": "Ada", "restriction": "No ads"}
NOTHING = {f"seen-{name}": "" for name in SAID}


@pytest.fixture
def draft(brand: Brand) -> Version:
    return VersionFactory.create(asset__brand=brand)


def browser(brand: Brand, role: Role) -> Client:
    client = Client()
    client.force_login(member(brand, role).user)
    return client


def address(version: Version) -> str:
    return f"/b/northwind/assets/{version.asset_id}/statements/"


def stated(version: Version) -> tuple[str, ...]:
    rights = RightsRecord.objects.get(version=version)
    return rights.licence, rights.rights_holder, rights.restriction


def hidden(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: unescape(text) for name, text in found}


def test_they_are_changed_in_place_and_taken_back(brand: Brand, draft: Version) -> None:
    client = browser(brand, Role.CREATOR)
    form = client.get(address(draft), headers=FRAGMENT).content.decode()
    saved = client.post(address(draft), {**hidden(form), **SAID}, headers=FRAGMENT).content.decode()
    assert stated(draft) == ("Stock 12", "Ada", "No ads")
    assert "No ads" in client.get(f"/b/northwind/assets/{draft.asset_id}/?tab=rights").content.decode()
    event = Event.objects.get(brand=brand, verb=Verb.ASSET_EDITED)
    assert event.data["restriction"] == ["", "No ads"]
    client.post(address(draft), {**hidden(saved), "undo": "1"}, headers=FRAGMENT)
    assert stated(draft) == ("", "", "")


def test_a_credit_line_stands_beside_what_is_released_and_in_the_next_version(
    brand: Brand, draft: Version
) -> None:
    more = {
        "credit_line": "© Northwind",
        "exclusivity": "Soft drinks",
        "channels": "Web",
        "audience": "Adults",
    }
    client = browser(brand, Role.LEGAL_REVIEWER)
    client.post(address(draft), {**NOTHING, **more, "licence": "Stock 12"})
    page = f"/b/northwind/assets/{draft.asset_id}/"
    tab = client.get(f"{page}?tab=rights").content.decode()
    assert all(text in tab for text in more.values())
    assert "© Northwind" not in client.get(f"{page}usage/").content.decode()
    Version.objects.filter(pk=draft.pk).update(approval=Approval.APPROVED, release="ready")
    beside = client.get(f"{page}usage/").content.decode()
    assert "© Northwind" in beside
    assert "Stock 12" not in beside
    assert statements.carried(draft) == {
        **more,
        "licence": "Stock 12",
        "rights_holder": "",
        "restriction": "",
    }


def test_without_script_it_is_a_page_that_leads_back_to_the_tab(brand: Brand, draft: Version) -> None:
    client = browser(brand, Role.LIBRARIAN)
    assert re.search(r"<h1>\s*Licence and holder\s*</h1>", client.get(address(draft)).content.decode())
    answer = client.post(address(draft), SAID | NOTHING)
    assert answer.headers["Location"].endswith("?tab=rights")


def test_what_another_changed_meanwhile_is_kept_or_told(brand: Brand, draft: Version) -> None:
    client = browser(brand, Role.LIBRARIAN)
    client.post(address(draft), {**NOTHING, "licence": "Theirs"})
    client.post(address(draft), {**NOTHING, "rights_holder": "Mine"})
    assert stated(draft) == ("Theirs", "Mine", "")
    told = client.post(address(draft), {**NOTHING, "licence": "Other", "rights_holder": "Mine"})
    assert told.status_code == 422
    page = unescape(told.content.decode())
    assert "It now says: Theirs" in page
    assert 'value="Other"' in page
    client.post(address(draft), {**hidden(page), "licence": "Other", "rights_holder": "Mine"})
    assert stated(draft) == ("Other", "Mine", "")


@pytest.mark.parametrize("approval", [Approval.IN_REVIEW, Approval.APPROVED])
def test_once_a_review_counts_on_them_only_a_legal_reviewer_changes_them(
    brand: Brand, draft: Version, approval: Approval
) -> None:
    Version.objects.filter(pk=draft.pk).update(approval=approval)
    librarian = browser(brand, Role.LIBRARIAN)
    refused = librarian.post(address(draft), SAID | NOTHING)
    assert "Only a legal reviewer can change it now" in unescape(refused.content.decode())
    tab = f"/b/northwind/assets/{draft.asset_id}/?tab=rights"
    assert address(draft) not in librarian.get(tab).content.decode()
    legal = browser(brand, Role.LEGAL_REVIEWER)
    assert address(draft) in legal.get(tab).content.decode()
    legal.post(address(draft), SAID | NOTHING)
    assert stated(draft) == ("Stock 12", "Ada", "No ads")


def test_what_is_too_long_stays_in_the_form(brand: Brand, draft: Version) -> None:
    answer = browser(brand, Role.LIBRARIAN).post(address(draft), {**NOTHING, "licence": "x" * 201})
    assert answer.status_code == 422
    assert "At most 200 characters; this has 201." in answer.content.decode()
    assert "x" * 201 in answer.content.decode()
    assert stated(draft) == ("", "", "")


def test_the_answer_that_comes_by_itself_is_no_visit_and_no_whole_page(brand: Brand, draft: Version) -> None:
    client = browser(brand, Role.CREATOR)
    headers = {"HX-Request": "true", "HX-Target": "rights-answer"}
    page = client.get(f"/b/northwind/assets/{draft.asset_id}/?tab=rights", headers=headers).content.decode()
    assert 'id="rights-answer"' in page
    assert "<html" not in page
    assert not RecentClip.objects.exists()
