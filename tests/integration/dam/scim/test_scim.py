"""SCIM against the whole app: its own compliance tests, and what a directory can and can't do."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Group, Membership, User
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.scim import tokens
from dam.scim.models import ScimToken, ScimUser
from dam.sso.models import GroupRule
from tests.factories import BrandFactory, UserFactory, member

pytestmark = pytest.mark.django_db
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
CORE = "urn:ietf:params:scim:schemas:core:2.0"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


class Directory:
    """A company's directory, with a token of one brand."""

    def __init__(self, brand: Brand) -> None:
        self.secret = tokens.create(
            by=member(brand, Role.ADMIN, is_superuser=True), name="Okta", role="viewer"
        )
        self.client = Client(headers={"Authorization": f"Bearer {self.secret}"})

    def send(self, method: str, path: str, said: Any = None, **headers: str) -> Any:
        body = json.dumps(said) if said is not None else ""
        return self.client.generic(method, f"/scim/v2/{path}", body, "application/scim+json", headers=headers)

    def adds(self, address: str, **said: Any) -> dict[str, Any]:
        answer = self.send("POST", "Users", {"schemas": [f"{CORE}:User"], "userName": address, **said})
        assert answer.status_code == 201, answer.content
        made: dict[str, Any] = answer.json()
        return made

    def patches(self, path: str, *operations: dict[str, Any], **headers: str) -> Any:
        return self.send("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)}, **headers)


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    cache.clear()


@pytest.fixture
def brand(db: None) -> Brand:
    return BrandFactory.create()


@pytest.fixture
def directory(brand: Brand) -> Directory:
    return Directory(brand)


def role_of(address: str, brand: Brand) -> str:
    rows = Membership.objects.filter(user__email=address, brand=brand)
    return rows.values_list("role", flat=True).first() or ""


def _keep_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Django's own test client does: a request that ends closes no connection of the test's."""
    for signal in (request_started, request_finished):
        kept = [each for each in signal.receivers if each[1]() is not close_old_connections]
        monkeypatch.setattr(signal, "receivers", kept)
        signal.sender_receivers_cache.clear()


def test_the_compliance_tests_of_scim_pass(directory: Directory, monkeypatch: pytest.MonkeyPatch) -> None:
    _keep_connections(monkeypatch)
    # Here: it takes seconds to import, and each process of a run imports every test.
    from scim2_client.engines.wsgi import WSGISCIMClient
    from scim2_tester import Status, check_server

    client = WSGISCIMClient(
        WSGIHandler(),
        base_url="http://localhost:8000/scim/v2",
        headers={"Authorization": f"Bearer {directory.secret}"},
    )
    results = check_server(client)
    wrong = [
        f"{each.title}: {each.reason}" for each in results if each.status in (Status.ERROR, Status.CRITICAL)
    ]
    assert not wrong
    assert len(results) > 40


def test_a_person_is_added_deactivated_and_let_in_again(brand: Brand, directory: Directory) -> None:
    made = directory.adds("ada@acme.example", displayName="Ada", externalId="7")
    assert role_of("ada@acme.example", brand) == "viewer"
    assert not User.objects.get(email="ada@acme.example").has_usable_password()
    directory.patches(f"Users/{made['id']}", {"op": "replace", "path": "active", "value": False})
    assert role_of("ada@acme.example", brand) == ""
    directory.patches(f"Users/{made['id']}", {"op": "replace", "value": {"active": True}})
    assert role_of("ada@acme.example", brand) == "viewer"
    assert directory.send("DELETE", f"Users/{made['id']}").status_code == 204
    assert role_of("ada@acme.example", brand) == ""
    assert directory.send("GET", f"Users/{made['id']}").status_code == 404
    verbs = list(Event.objects.filter(brand=brand).order_by("sequence").values_list("verb", flat=True))
    joined, ended = Verb.COMPANY_JOINED.value, Verb.COMPANY_ENDED.value
    assert verbs == [Verb.SCIM_TOKEN_CREATED.value, joined, ended, joined, ended]


def test_groups_give_roles_by_rule_and_are_groups_of_the_brand_without_one(
    brand: Brand, directory: Directory
) -> None:
    GroupRule.objects.create(provider="scim", group="Editors", brand=brand, role="creator")
    made = directory.adds("bo@acme.example")
    said = {"schemas": [f"{CORE}:Group"], "displayName": "Editors", "members": [{"value": made["id"]}]}
    editors = directory.send("POST", "Groups", said).json()
    assert role_of("bo@acme.example", brand) == "creator"
    directory.send("POST", "Groups", {**said, "displayName": "Berlin"})
    assert [(group.name, group.members.count()) for group in Group.objects.all()] == [("Berlin", 1)]
    directory.patches(
        f"Groups/{editors['id']}", {"op": "remove", "path": f'members[value eq "{made["id"]}"]'}
    )
    assert role_of("bo@acme.example", brand) == "viewer"


def test_filters_pages_and_versions(directory: Directory) -> None:
    ids = [directory.adds(f"{name}@acme.example")["id"] for name in ("cy", "di", "ed")]
    found = directory.send("GET", 'Users?filter=userName+eq+"DI@acme.example"').json()
    assert [each["id"] for each in found["Resources"]] == [ids[1]]
    page = directory.send("GET", "Users?startIndex=2&count=1&sortBy=userName").json()
    assert (page["totalResults"], page["Resources"][0]["id"]) == (3, ids[1])
    version = directory.send("GET", f"Users/{ids[0]}").headers["ETag"]
    change = {"op": "replace", "path": "displayName", "value": "Cy"}
    assert directory.patches(f"Users/{ids[0]}", change, **{"If-Match": version}).status_code == 204
    assert (
        directory.patches(f"Users/{ids[0]}", {**change, "value": "C"}, **{"If-Match": version}).status_code
        == 412
    )


def test_groups_are_filtered_and_paged_by_the_database(
    directory: Directory, django_assert_max_num_queries: Any
) -> None:
    person, other = (directory.adds(f"{name}@acme.example")["id"] for name in ("cy", "di"))
    ids = {}
    for name, members in (
        ("Alpha", [person]),
        ("Beta", [other]),
        ("Gamma 100%", [person, other]),
        ("Delta", []),
    ):
        said = {"schemas": [GROUP], "displayName": name, "members": [{"value": each} for each in members]}
        ids[name] = directory.send("POST", "Groups", said).json()["id"]
    asked = {
        'displayName eq "alpha"': {"Alpha"},
        'displayName sw "ga" or displayName co "et"': {"Gamma 100%", "Beta"},
        'displayName co "0%"': {"Gamma 100%"},
        f'members.value eq "{person}"': {"Alpha", "Gamma 100%"},
        f'members[value eq "{other}"] and not (displayName eq "Beta")': {"Gamma 100%"},
        f'members.value ne "{person}"': {"Beta", "Delta"},
        "members pr": {"Alpha", "Beta", "Gamma 100%"},
        f'id eq "{ids["Delta"]}"': {"Delta"},
        'id eq "nonsense" or meta.created gt "2000-01-01T00:00:00Z"': set(ids),
        'externalId eq "x"': set(),
    }
    for words, names in asked.items():
        with django_assert_max_num_queries(12):
            found = directory.send("GET", f"Groups?filter={quote(words)}").json()
        assert {each["displayName"] for each in found.get("Resources", [])} == names, words
    page = directory.send("GET", "Groups?sortBy=displayName&startIndex=2&count=2").json()
    assert page["totalResults"] == 4
    assert [each["displayName"] for each in page["Resources"]] == ["Beta", "Delta"]


def test_nothing_a_directory_says_is_cut(directory: Directory) -> None:
    said = {"schemas": [GROUP], "displayName": "x" * 201}
    refused = directory.send("POST", "Groups", said)
    assert (refused.status_code, "201 characters" in refused.text) == (400, True)


def test_a_directory_neither_sees_nor_changes_what_is_of_another_brand(
    brand: Brand, directory: Directory
) -> None:
    other = BrandFactory.create()
    stranger = Directory(other).adds("fi@acme.example", displayName="Fiona")
    assert directory.send("GET", f"Users/{stranger['id']}").status_code == 404
    assert directory.send("GET", "Users").json()["totalResults"] == 0
    said = {"schemas": [f"{CORE}:Group"], "displayName": "All", "members": [{"value": stranger["id"]}]}
    assert directory.send("POST", "Groups", said).status_code == 400
    mine = directory.adds("fi@acme.example")
    assert "Fiona" not in json.dumps(mine)
    directory.send("DELETE", f"Users/{mine['id']}")
    assert role_of("fi@acme.example", other) == "viewer"


def test_the_last_administrator_stays(brand: Brand, directory: Directory) -> None:
    Membership.objects.filter(brand=brand).delete()
    GroupRule.objects.create(provider="scim", group="Leads", brand=brand, role="admin")
    made = directory.adds("gil@acme.example")
    said = {"schemas": [f"{CORE}:Group"], "displayName": "Leads", "members": [{"value": made["id"]}]}
    directory.send("POST", "Groups", said)
    refused = directory.patches(f"Users/{made['id']}", {"op": "replace", "path": "active", "value": False})
    assert refused.status_code == 403
    assert role_of("gil@acme.example", brand) == "admin"
    assert ScimUser.objects.get().active


def test_an_account_that_has_not_proven_its_address_is_not_given_a_brand(directory: Directory) -> None:
    UserFactory.create(email="hal@acme.example", proven_email="")
    answer = directory.send("POST", "Users", {"schemas": [f"{CORE}:User"], "userName": "hal@acme.example"})
    assert answer.status_code == 400
    assert answer.json()["scimType"] == "invalidValue"


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer rpd_wrong", "Basic YTpi"])
def test_nobody_gets_in_without_a_valid_token(directory: Directory, header: str) -> None:
    answer = Client(headers={"Authorization": header}).get("/scim/v2/Users")
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/scim+json"


def test_a_revoked_token_is_refused_at_once_and_guesses_are_bounded(
    directory: Directory, settings: Any
) -> None:
    ScimToken.objects.update(revoked_at="2026-01-01T00:00:00Z")
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "scim_refused": "2/h/key"}
    codes = [directory.send("GET", "Users").status_code for _ in range(3)]
    assert codes[0] == 401
    assert codes[-1] == 429


def test_a_closed_brand_takes_nobody_from_its_directory(brand: Brand, directory: Directory) -> None:
    Brand.objects.filter(pk=brand.pk).update(closed_at="2026-01-01T00:00:00Z")
    assert directory.send("GET", "Users").status_code == 401


def test_odd_bodies_are_told_as_scim_tells_them(directory: Directory) -> None:
    for body in ("[]", "{", "null", '"x"', '{"schemas": 7}', '{"userName": {"a": 1}}', "[" * 100_000):
        answer = directory.client.post("/scim/v2/Users", body, content_type="application/scim+json")
        assert answer.status_code == 400, body[:80]
        assert answer.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
        assert answer.headers["Content-Disposition"].startswith("attachment")
