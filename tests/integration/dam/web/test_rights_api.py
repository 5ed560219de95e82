"""What a program is told of a clip's rights."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from dam.access import tokens
from dam.accounts.capabilities import Capability, Role
from dam.accounts.models import Brand
from dam.catalog.models import ReleaseState, Version
from dam.rights.models import RightsRecord
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
