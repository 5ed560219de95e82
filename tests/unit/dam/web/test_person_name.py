import pytest
from django.core.exceptions import ValidationError

from dam.web.person_name import PersonNameField


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ada   Lovelace ", "Ada Lovelace"),
        ("\u202egnp.exe", "gnp.exe"),
        ("A\u200bda\n Lovelace", "Ada Lovelace"),
        ("José\u0301 Ωμέγα 李", "José\u0301 Ωμέγα 李"),
    ],
)
def test_a_name_is_one_line_of_what_can_be_seen(typed: str, kept: str) -> None:
    assert PersonNameField().clean(typed) == kept


def test_a_name_of_nothing_that_can_be_seen_is_none() -> None:
    with pytest.raises(ValidationError):
        PersonNameField().clean("\u200b\u2060")
