"""What the Models page says of a licence."""

import pytest

from generation.web import models_page


@pytest.mark.parametrize(
    ("licence", "commercial"),
    [("Apache-2.0", True), ("MIT", True), ("CC-BY-NC-4.0", False), ("apple-amlr", False), ("", None)],
)
def test_a_licence_says_whether_clips_can_be_sold(licence: str, commercial: bool | None) -> None:
    assert models_page.allows(licence)[1] is commercial
