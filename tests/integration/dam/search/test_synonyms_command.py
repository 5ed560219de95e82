"""`manage.py synonyms`: a brand's own words for its tags."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from dam.accounts.models import Brand

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("synonyms", *arguments, stdout=out)
    return out.getvalue()


def test_synonyms_are_kept_folded_and_listed(brand: Brand) -> None:
    assert run(brand.slug, "Soft Drink", "Limonáda", "soda pop") == "Soft Drink: limonada, soda pop\n"
    assert run(brand.slug, "soft drink", "soda") == "soft drink: soda\n"
    assert run(brand.slug) == "soft drink: soda\n"


def test_an_unknown_brand_and_a_tag_that_is_too_long_are_refused(brand: Brand) -> None:
    with pytest.raises(CommandError, match="There is no brand"):
        run("elsewhere")
    with pytest.raises(CommandError, match="at most 60"):
        run(brand.slug, "x" * 61, "soda")
