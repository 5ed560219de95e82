"""What is encrypted under SECRET_KEY can be read with it alone."""

import pytest
from django.test import override_settings

from dam.core import encryption


def test_what_was_encrypted_is_read_again_and_says_nothing() -> None:
    kept = encryption.encrypt("hunter2")
    assert "hunter2" not in kept
    assert encryption.decrypt(kept) == "hunter2"
    assert encryption.encrypt("hunter2") != kept  # two equal secrets don't look it


def test_nothing_stays_nothing() -> None:
    assert (encryption.encrypt(""), encryption.decrypt("")) == ("", "")


def test_an_old_key_still_opens_what_it_closed() -> None:
    with override_settings(SECRET_KEY="old"):
        kept = encryption.encrypt("hunter2")
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["old"]):
        assert encryption.decrypt(kept) == "hunter2"


def test_without_its_key_it_is_refused_with_the_way_out() -> None:
    with override_settings(SECRET_KEY="old"):
        kept = encryption.encrypt("hunter2")
    with (
        override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[]),
        pytest.raises(encryption.Unreadable, match="SECRET_KEY_FALLBACKS"),
    ):
        encryption.decrypt(kept)
