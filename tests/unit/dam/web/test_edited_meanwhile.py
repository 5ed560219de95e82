"""What a form says of its row that somebody else changed meanwhile."""

from datetime import date

import pytest
from django import forms
from django.http import QueryDict

from dam.web import edited_meanwhile


class PlaceForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput())
    name = forms.CharField(label="Name")
    lines = forms.CharField(label="Lines", required=False, widget=forms.Textarea())
    kind = forms.ChoiceField(
        label="Kind", choices=[("", "None"), ("Group", [("a", "First"), ("b", "Second")])]
    )
    most = forms.TypedChoiceField(
        label="Most", choices=[("", "None"), (10, "Ten")], coerce=int, required=False, empty_value=None
    )
    uses = forms.MultipleChoiceField(label="Uses", choices=[("x", "Web"), ("y", "Print")], required=False)
    fine = forms.BooleanField(label="Fine", required=False)
    until = forms.DateField(label="Until", required=False)


SENT = "revision=1&name=Here&lines=one%0D%0Atwo&kind=a&most=10&uses=x&uses=y&fine=on&until=2026-03-01"
NOW = {
    "revision": 4,
    "name": "Here",
    "lines": "one\ntwo",
    "kind": "a",
    "most": 10,
    "uses": ["y", "x"],
    "fine": True,
    "until": date(2026, 3, 1),
}


def sent() -> PlaceForm:
    form = PlaceForm(QueryDict(SENT))
    assert form.is_valid()
    return form


def said(form: PlaceForm) -> list[str]:
    return [str(each) for each in form.non_field_errors()]


def test_what_reads_the_same_is_not_named() -> None:
    form = sent()
    edited_meanwhile.keep_typed(form, NOW, message="Someone else changed it.")
    assert said(form) == ["Someone else changed it. Save again to use yours."]
    assert form["revision"].value() == "4"
    assert form["lines"].value() == "one\r\ntwo"


@pytest.mark.parametrize(
    ("name", "now", "words"),
    [
        ("name", "There", "Name: it now reads “There”."),
        ("lines", "one\nthree", "Lines: it now reads “one, three”."),
        ("lines", "", "Lines: it's empty now."),
        ("kind", "b", "Kind: it now reads “Second”."),
        ("most", None, "Most: it now reads “None”."),
        ("uses", ("y",), "Uses: it now reads “Print”."),
        ("uses", [], "Uses: it's empty now."),
        ("fine", False, "Fine: it now reads “No”."),
        ("until", date(2027, 1, 2), "Until: it now reads “2027-01-02”."),
        ("until", None, "Until: it's empty now."),
    ],
)
def test_what_differs_is_named(name: str, now: object, words: str) -> None:
    form = sent()
    edited_meanwhile.keep_typed(form, NOW | {name: now}, message="Changed.")
    assert said(form)[1:] == [words]


def test_what_was_deleted_keeps_what_was_typed() -> None:
    form = sent()
    edited_meanwhile.keep_typed(form, NOW | {"name": "There"}, message="Changed.", deleted=True)
    [words] = said(form)
    assert "restore it in another tab" in words
    assert form["name"].value() == "Here"
    assert form["revision"].value() == "1"  # what it was changed to before hasn't been shown
