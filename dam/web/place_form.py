"""What a clip is used for and where: the form that asks, and the last answer of whoever is signed in.

The answer is kept in the session, for each brand of its own, so that it goes with it; it decides nothing.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.text import capfirst

from dam.accounts.principals import Member
from dam.core.lazily import lazy
from dam.rights import territories
from dam.rights.policy import Use
from dam.web import usage_status
from dam.web.decorators import BrandRequest
from dam.web.whole_text import WholeTextForm

_KEPT = "used_for"  # in the session: by the number of a brand, the use and the territory


class PlaceForm(WholeTextForm):
    """A use and a country, each of which may be left open; an address holds them."""

    use = forms.ChoiceField(label=lazy("Use"), required=False)
    territory = forms.CharField(
        label=lazy("Country"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": lazy("Germany, EU or worldwide")}),
    )
    open_use = lazy("Any use")

    def __init__(
        self, data: Mapping[str, Any] | None, *, uses: tuple[str, ...], auto_id: str = "where_%s", **more: Any
    ) -> None:
        super().__init__(_in_words(data) if data is not None else None, auto_id=auto_id, **more)
        offered = [(use, capfirst(str(usage_status.USES[use]))) for use in uses if use in usage_status.USES]
        self.fields["use"].choices = [("", self.open_use), *offered]  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.unmarked = True  # type: ignore[attr-defined]  # what is left open is said beside it

    def clean_territory(self) -> str:
        typed = str(self.cleaned_data["territory"])
        try:
            return territories.code_of(typed) if typed else ""
        except territories.UnknownTerritory as unknown:
            raise forms.ValidationError(unknown.message) from unknown


def _in_words(data: Mapping[str, Any]) -> Any:
    """The same with the name of a country where an address has its code."""
    read: Any = data.copy()  # type: ignore[attr-defined]  # a QueryDict or a dict
    if territories.known(read.get("territory", "")):
        read["territory"] = territories.typed([str(read["territory"])])
    return read


def remembered(request: BrandRequest) -> dict[str, str]:
    """The last answer of this person in this brand: `use` and `territory`, as far as they named them."""
    if not isinstance(request.principal, Member):
        return {}
    kept = request.session.get(_KEPT, {}).get(str(request.brand.pk), {})
    use, territory = kept.get("use", ""), kept.get("territory", "")
    known = {
        "use": use if use in set(Use) else "",
        "territory": territory if territories.known(territory) else "",
    }
    return {name: value for name, value in known.items() if value}


def remember(request: BrandRequest, *, use: str, territory: str) -> None:
    """Of people; programs say it each time."""
    if not isinstance(request.principal, Member):
        return
    answer = {name: value for name, value in (("use", use), ("territory", territory)) if value}
    if answer != remembered(request):
        request.session[_KEPT] = {**request.session.get(_KEPT, {}), str(request.brand.pk): answer}
