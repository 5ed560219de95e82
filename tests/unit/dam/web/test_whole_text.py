"""No page cuts what is pasted: a form refuses in words instead."""

from pathlib import Path

import pytest

from dam.web.whole_text import WholeTextForm
from provenance.web.review_forms import AnswerForm, ApproveForm, CommentForm, RevokeForm
from provenance.web.submit_forms import SubmitForm

TEMPLATES = Path(__file__).parents[4] / "templates"


@pytest.mark.parametrize("form", [AnswerForm, ApproveForm, CommentForm, RevokeForm, SubmitForm])
def test_no_form_has_the_browser_cut_what_is_pasted(form: type[WholeTextForm]) -> None:
    assert "maxlength" not in str(form())


def test_no_template_has_either() -> None:
    assert [path.name for path in TEMPLATES.rglob("*.html") if "maxlength" in path.read_text()] == []


def test_what_is_too_long_is_refused_in_words() -> None:
    form = CommentForm({"body": "x" * 5000})
    assert "5000" in str(form.errors["body"])
