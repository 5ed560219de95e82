"""The table of what each role may do, held against a second, hand-written one."""

import pytest

from dam.accounts import capabilities
from dam.accounts.capabilities import Capability, Role

# One column for each role: viewer, creator, brand reviewer, legal reviewer, librarian (n), admin.
EXPECTED = {
    Capability.VIEW: "v c b l n a",
    Capability.VIEW_UNRELEASED: "c b l n a",
    Capability.UPLOAD: "c n a",
    Capability.EDIT: "c n a",
    Capability.DISCARD: "c n a",
    Capability.TRASH: "n a",
    Capability.RETRY: "c n a",
    Capability.GENERATE: "c n a",
    Capability.SUBMIT: "c n a",
    Capability.COMMENT: "c b l n a",
    Capability.DECIDE_BRAND: "b",
    Capability.DECIDE_LEGAL: "l",
    Capability.WITHDRAW_RELEASE: "b l a",
    Capability.EVIDENCE: "l a",
    Capability.HOLD: "l a",
    Capability.DOWNLOAD_RELEASE: "v c b l n a",
    Capability.DOWNLOAD_MASTER: "c l n a",
    Capability.VIEW_ACTIVITY: "c b l n a",
    Capability.SHARE: "n a",
    Capability.SHARE_SEARCHES: "c b l n a",
    Capability.COLLECT: "c b l n a",
    Capability.CURATE: "n a",
    Capability.MANAGE_FIELDS: "n a",
    Capability.MANAGE_BRAND: "a",
    Capability.MANAGE_PEOPLE: "a",
}
LETTERS = dict(zip("vcblna", Role, strict=True))


def test_every_capability_is_in_the_table() -> None:
    assert set(EXPECTED) == set(Capability)


def test_every_capability_has_its_words() -> None:
    assert set(capabilities.PHRASES) == set(Capability)


@pytest.mark.parametrize("capability", Capability)
def test_just_these_roles_have_the_capability(capability: Capability) -> None:
    expected = {LETTERS[letter] for letter in EXPECTED[capability].split()}
    assert {role for role in Role if capabilities.granted(role, capability)} == expected


def test_nobody_decides_both_stages() -> None:
    decide = {Capability.DECIDE_BRAND, Capability.DECIDE_LEGAL}
    assert not any(decide <= grants for grants in capabilities.GRANTS.values())


def test_no_token_decides_a_review_and_no_guest_sees_what_is_not_released() -> None:
    assert not capabilities.TOKEN_MAY & {Capability.DECIDE_BRAND, Capability.DECIDE_LEGAL}
    assert Capability.VIEW_UNRELEASED not in capabilities.GUEST_MAY


def test_no_token_lets_people_in() -> None:
    assert Capability.MANAGE_PEOPLE not in capabilities.TOKEN_MAY


def test_no_token_lifts_a_legal_hold() -> None:
    assert Capability.HOLD not in capabilities.TOKEN_MAY


def test_no_token_has_evidence_packs() -> None:
    assert Capability.EVIDENCE not in capabilities.TOKEN_MAY


def test_an_unknown_role_is_an_error_not_a_refusal() -> None:
    with pytest.raises(ValueError, match="owner"):
        capabilities.granted("owner", Capability.VIEW)
