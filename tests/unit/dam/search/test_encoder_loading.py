"""Encoders are large: a process keeps those alone that are asked."""

import pytest

from dam.search.encoders import loading


def test_an_encoder_that_searches_no_longer_ask_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = {"earlier@1": object(), "now@2": object()}
    monkeypatch.setattr(loading, "_loaded", loaded)
    loading.keep_only("now@2")
    assert list(loaded) == ["now@2"]
