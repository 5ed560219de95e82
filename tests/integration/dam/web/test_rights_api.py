"""What a program is told of a clip's rights."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from dam.access import tokens
from dam.accounts.capabilities import Capability, Role
from dam.accounts.models import Brand
from dam.catalog.models import ReleaseState, Version
from dam.rights.models import RightsRecord
from dam.web import rights_writing
from tests.factories import ApprovedVersionFactory, BrandFactory, VersionFactory, member


@pytest.fixture
def program(brand: Brand) -> Client:
    by = member(brand, Role.CREATOR)
    _token, secret = tokens.create(by=by, name="cms", capabilities=[Capability.VIEW])
    return Client(headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def clip(brand: Brand) -> Version:
    version: Version = ApprovedVersionFactory.create(asset__brand=brand, release=ReleaseState.READY)
    RightsRecord.objects.update_or_create(
        version=version,
        defaults={
            "uses": ["web"],
            "territories": ["EU"],
            "valid_until": datetime(2027, 3, 31, 21, 59, 59, tzinfo=UTC),
            "restriction": "No print",
        },
    )
    type(version.asset).objects.filter(pk=version.asset_id).update(released=version)
    Brand.objects.filter(pk=brand.pk).update(time_zone="Europe/Berlin")
    return version


def ask(client: Client, version: Version, **asked: str) -> Any:
    return client.get(f"/b/northwind/assets/{version.asset_id}/rights.json", asked)


@pytest.mark.parametrize(
    ("asked", "allowed", "reason"),
    [
        ({"use": "web", "territory": "DE", "at": "2027-03-31"}, True, ""),
        ({"use": "web", "territory": "germany", "at": "2027-03-31T23:59:58+02:00"}, True, ""),
        ({"at": "2027-04-01"}, False, "Its clearance ended on 31 March 2027."),
        ({"use": "social", "at": "2027-03-01"}, False, "It isn't cleared for social."),
        ({"territory": "US", "at": "2027-03-01"}, False, "It isn't cleared for United States."),
    ],
)
def test_it_says_whether_a_clip_can_be_used_for_this_there_then(
    program: Client, clip: Version, asked: dict[str, str], allowed: bool, reason: str
) -> None:
    told = ask(program, clip, **asked).json()
    assert told["allowed"] is allowed
    assert told["reasons"] == ([reason] if reason else [])
    assert told["asked"]["at"] == asked["at"]


@pytest.mark.parametrize(
    ("until", "reasons"),
    [
        ("2027-03-31", []),
        ("2027-03-31T23:59:59+02:00", []),
        ("2027-03-31T23:59:59.000001+02:00", ["Its clearance ends on 31 March 2027."]),
        ("2027-12-31", ["Its clearance ends on 31 March 2027."]),
    ],
)
def test_it_says_whether_a_clip_can_be_used_all_the_time_until_then(
    program: Client, clip: Version, until: str, reasons: list[str]
) -> None:
    told = ask(program, clip, use="web", territory="DE", at="2027-03-01", until=until).json()
    assert told["reasons"] == reasons
    assert told["allowed"] is not bool(reasons)
    assert told["asked"]["until"] == until


def test_it_tells_the_terms_and_what_is_stated(program: Client, clip: Version) -> None:
    response = ask(program, clip, at="2027-03-01")
    told = response.json()
    assert told["terms"] == {
        "uses": ["web"],
        "territories": ["EU"],
        "embargo_until": None,
        "valid_until": "2027-03-31T21:59:59+00:00",
    }
    assert told["stated"]["restriction"] == "No print"
    assert (told["version"], told["sha256"]) == (clip.number, clip.sha256)
    assert response.headers["Cache-Control"] == "no-store"


def test_without_a_signed_file_it_cant_be_used(program: Client, clip: Version) -> None:
    Version.objects.filter(pk=clip.pk).update(release=ReleaseState.FAILED)
    told = ask(program, clip, at="2027-03-01").json()
    assert told["reasons"] == ["Not released: signing the file failed."]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"use": "fax"}, "bad_use"),
        ({"territory": "Atlantis"}, "bad_territory"),
        ({"at": "tomorrow"}, "bad_at"),
        ({"until": "soon"}, "bad_until"),
        ({"at": "2027-03-02", "until": "2027-03-01"}, "bad_until"),
        ({"at": "2027-03-31T12:00:00+02:00", "until": "2027-03-31T12:00:00+02:00"}, "bad_until"),
        ({"at": "2027-03-31T12:00:00"}, "bad_at"),
        ({"at": "9999-12-31"}, "bad_at"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "bad_at"),
    ],
)
def test_what_cant_be_asked_is_a_problem_with_a_code(
    program: Client, clip: Version, asked: dict[str, str], code: str
) -> None:
    response = ask(program, clip, **asked)
    assert response.status_code == 422
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == code


def test_clips_of_others_and_drafts_are_not_there(brand: Brand, program: Client) -> None:
    theirs = VersionFactory.create(asset__brand=BrandFactory.create())
    draft = VersionFactory.create(asset__brand=brand)
    assert ask(program, theirs).status_code == 404
    assert ask(program, draft).status_code == 404


@pytest.fixture
def editor(brand: Brand) -> Client:
    by = member(brand, Role.CREATOR)
    wanted = [Capability.VIEW, Capability.VIEW_UNRELEASED, Capability.EDIT]
    _token, secret = tokens.create(by=by, name="rights", capabilities=wanted)
    return Client(headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def draft(brand: Brand) -> Version:
    version: Version = VersionFactory.create(asset__brand=brand)
    return version


def write(client: Client, version: Version, body: object, *, seen: str | None = None) -> Any:
    read = client.get(f"/b/northwind/assets/{version.asset_id}/rights.json")
    return client.patch(
        f"/b/northwind/assets/{version.asset_id}/rights.json",
        body if isinstance(body, str) else json.dumps(body),
        content_type="application/json",
        headers={"If-Match": read.headers["ETag"] if seen is None else seen},
    )


def test_a_program_states_rights_and_consents_in_one_go(editor: Client, draft: Version) -> None:
    body = {
        "stated": {"licence": "Stock 12", "restriction": "No print"},
        "consents": [
            {"kind": "model", "name": "Ada", "until": "2031-05-03"},
            {"kind": "voice", "name": "Bob"},
        ],
    }
    told = write(editor, draft, body)
    assert told.status_code == 200
    assert told.json()["stated"]["licence"] == "Stock 12"
    ada, bob = told.json()["consents"]
    assert (ada["kind"], ada["name"], ada["until"][:10], ada["withdrawn"]) == (
        "model",
        "Ada",
        "2031-05-03",
        None,
    )
    again = write(editor, draft, {"consents": told.json()["consents"]})
    assert again.json()["revision"] == told.json()["revision"]  # what was read changes nothing
    changed = write(editor, draft, {"consents": [{**ada, "covers": "EU", "withdrawn": "She asked."}]})
    (left,) = changed.json()["consents"]
    assert (left["covers"], left["withdrawn"], left["id"]) == ("EU", "She asked.", ada["id"])
    assert changed.json()["stated"]["licence"] == "Stock 12"
    assert bob["id"] not in {each["id"] for each in changed.json()["consents"]}


def test_what_is_left_out_of_a_consent_stays_and_null_takes_it_away(editor: Client, draft: Version) -> None:
    first = {"kind": "model", "name": "Ada", "covers": "No TV", "until": "2031-05-03"}
    (ada,) = write(editor, draft, {"consents": [first]}).json()["consents"]
    write(editor, draft, {"consents": [{"id": ada["id"], "withdrawn": "She asked."}]})
    named = write(editor, draft, {"consents": [{"id": ada["id"], "name": "Ada L."}]})
    assert named.json()["consents"] == [{**ada, "name": "Ada L.", "withdrawn": "She asked."}]
    stands = {"id": ada["id"], "covers": "", "until": None, "withdrawn": None}
    cleared = write(editor, draft, {"consents": [stands]})
    assert cleared.json()["consents"] == [{**ada, **stands, "name": "Ada L."}]


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ("{", "", "isn't JSON"),
        ({}, "", "Say what is to change"),
        ({"uses": ["web"]}, "uses", "no such field"),
        ({"stated": {"licence": "x" * 201}}, "stated.licence", "At most 200 characters"),
        ({"stated": {"owner": "Ada"}}, "stated.owner", "no such field"),
        ({"stated": {"licence": 5}}, "stated.licence", "must be text"),
        ({"consents": [{"kind": "face", "name": "A"}]}, "consents[0].kind", "isn't a kind of consent"),
        ({"consents": [{"kind": "model", "until": "soon"}]}, "consents[0].until", "Write a day"),
        ({"consents": [{"kind": "model", "name": "A", "id": True}]}, "consents[0].id", "must be a number"),
        ({"consents": [{"name": "A"}]}, "consents[0].kind", "isn't a kind of consent"),
        ({"consents": [{"kind": "model", "name": "A", "id": 10**12}]}, "consents", "no consent"),
        ({"first_day": "soon"}, "first_day", "Write a day"),
    ],
)
def test_a_field_that_is_wrong_is_named(
    editor: Client, draft: Version, body: object, field: str, words: str
) -> None:
    refused = write(editor, draft, body)
    assert refused.status_code == 422
    assert refused.json()["field"] == field
    assert words in refused.json()["detail"]
    assert not RightsRecord.objects.filter(version=draft).exclude(licence="").exists()


def test_who_was_slower_overwrites_nothing(editor: Client, draft: Version) -> None:
    seen = editor.get(f"/b/northwind/assets/{draft.asset_id}/rights.json").json()["revision"]
    assert write(editor, draft, {"stated": {"licence": "Theirs"}}, seen=seen).status_code == 200
    refused = write(editor, draft, {"stated": {"licence": "Mine"}}, seen=seen)
    assert (refused.status_code, refused.json()["code"]) == (412, "changed")
    assert write(editor, draft, {"stated": {}}, seen="").status_code == 428
    assert RightsRecord.objects.get(version=draft).licence == "Theirs"


def test_no_program_changes_what_a_review_counts_on(editor: Client, program: Client, clip: Version) -> None:
    for body in (
        {"stated": {"restriction": ""}},
        {"consents": [{"kind": "model", "name": "Ada"}]},
        {"first_day": "2031-01-01", "reason": "It slipped."},
    ):
        assert write(editor, clip, body).status_code in (403, 409)
    assert write(program, clip, {"stated": {"licence": "Mine"}}).status_code == 403
    assert RightsRecord.objects.get(version=clip).restriction == "No print"


def test_all_of_it_happens_or_nothing(editor: Client, draft: Version) -> None:
    body = {"stated": {"licence": "Stock 12"}, "first_day": "2031-01-01", "reason": "Later."}
    assert write(editor, draft, body).status_code == 403
    assert not RightsRecord.objects.filter(version=draft, licence="Stock 12").exists()


def test_the_description_knows_all_that_is_answered_and_taken(editor: Client, draft: Version) -> None:
    told = editor.get("/b/northwind/openapi.json").json()
    schemas = told["components"]["schemas"]
    answered = write(editor, draft, {"consents": [{"kind": "model", "name": "Ada"}]}).json()
    assert set(answered) == set(schemas["Rights"]["properties"])
    assert set(answered["stated"]) == set(schemas["Stated"]["properties"])
    assert (
        set(answered["consents"][0]) == set(schemas["Consent"]["properties"]) == set(rights_writing.CONSENT)
    )
    assert set(schemas["Change"]["properties"]) == set(rights_writing.PARTS)
    assert list(told["paths"]) == ["/b/northwind/assets/{asset}/rights.json"]
