"""The help below a search says what a full encoder would add, to those who can change it."""

from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string

from dam.core import licences
from dam.search.encoders import recommended
from dam.search.results import EncoderNote, Seeing


def shown(*, manages: bool) -> str:
    results = SimpleNamespace(seeing=Seeing.SEARCHED, encoder=EncoderNote(label="reelproof-clip 0.3"))
    context = {
        "understood": {"chips": [], "problems": []},
        "listing": {"results": results},
        "may": {"manage_brand": manages},
    }
    return render_to_string("library/_understood.html", context)


def test_administrators_see_each_model_with_its_licence_size_and_figures() -> None:
    page = shown(manages=True)
    for each in recommended.MODELS:
        assert each.name in page
    assert "813&nbsp;MB" in page
    assert "92&nbsp;%" in page
    assert "manage.py fetch_encoder" in page
    assert recommended.SOURCE in page


def test_others_see_what_the_present_one_is_good_at_alone() -> None:
    page = shown(manages=False)
    assert "reelproof-clip 0.3" in page
    assert "fetch_encoder" not in page


@pytest.mark.parametrize("model", recommended.MODELS, ids=lambda each: each.name)
def test_what_is_recommended_may_be_used_commercially(model: recommended.Recommended) -> None:
    assert model.licence
    assert not licences.forbids_commercial_use(model.licence)
