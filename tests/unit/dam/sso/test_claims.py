"""What is believed of a provider's claims."""

from typing import Any

import pytest

from dam.sso import claims


@pytest.mark.parametrize("said", [False, None, "yes", "false", 1.5, [True]])
def test_only_a_plain_yes_verifies_an_address(said: Any) -> None:
    assert not claims.read({"email": "a@b.example", "email_verified": said}, groups_claim="").address_verified


@pytest.mark.parametrize(
    ("said", "path", "groups"),
    [
        ({"groups": ["a", "b"]}, "groups", {"a", "b"}),
        ({"groups": "a"}, "groups", {"a"}),
        ({"roles": {"app": ["a"]}}, "roles.app", {"a"}),
        ({"https://acme.example/groups": ["a"]}, "https://acme.example/groups", {"a"}),
        ({"groups": [{"name": "a"}, 7, "", "b"]}, "groups", {"b"}),
        ({"groups": {"a": 1}}, "groups", set()),
        ({}, "groups", set()),
    ],
)
def test_groups_are_read_where_the_claim_says(said: dict[str, Any], path: str, groups: set[str]) -> None:
    assert claims.read(said, groups_claim=path).groups == frozenset(groups)


@pytest.mark.parametrize(
    "said", [{"_claim_names": {"groups": "src1"}}, {"groups": [str(n) for n in range(2000)]}]
)
def test_groups_that_are_too_many_to_be_told_are_unknown_and_not_none(said: dict[str, Any]) -> None:
    assert claims.read(said, groups_claim="groups").groups is None


@pytest.mark.parametrize(
    ("id_token", "user_info", "verified"),
    [
        ({"email": "a@b.example", "email_verified": True}, {}, True),
        ({"email": "a@b.example"}, {"email": "a@b.example", "email_verified": True}, True),
        ({}, {"email": "a@b.example", "email_verified": True}, True),
        ({"email_verified": True}, {"email": "boss@b.example"}, False),
        ({"email": "boss@b.example"}, {"email": "a@b.example", "email_verified": True}, False),
        ({"email": "a@b.example"}, {"email_verified": True}, False),
    ],
)
def test_a_verification_counts_for_the_address_it_was_said_of(
    id_token: dict[str, Any], user_info: dict[str, Any], verified: bool
) -> None:
    told = claims.merged(id_token, user_info)
    assert claims.read(told, groups_claim="").address_verified is verified


def test_a_rule_without_a_group_is_for_everyone() -> None:
    assert claims.role_of([], {"": "viewer", "leads": "admin"}, order=["admin", "viewer"]) == "viewer"
