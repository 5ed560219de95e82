"""What a clip is used for and where: the form that asks, and the last answer of whoever is signed in.

The answer is kept in the session, for each brand of its own, so that it goes with it; it decides nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.text import capfirst

from dam.accounts.principals import Member
from dam.core.lazily import lazy
from dam.rights import territories
from dam.rights.policy import Use
from dam.web import usage_status
from dam.web.decorators import BrandRequest
from dam.web.whole_text import WholeTextForm

OTHER = "other"  # what none of the uses is; it is recorded, and asked about as any use
_OTHER = lazy("something else")
_CHOOSE = lazy("Choose a use")
_MISSING = {
    "use": lazy("Choose what you want to use it for."),
    "territory": lazy("Name a country, EU or worldwide."),
}
_KEPT = "used_for"  # in the session: by the number of a brand, the use and the territory


@dataclass(frozen=True)
class Answer:
    """A use, or OTHER, and a territory by its code; empty what wasn't said."""

    use: str = ""
    territory: str = ""

    @property
    def whole(self) -> bool:
        return bool(self.use and self.territory)

    @property
    def policy_use(self) -> Use | None:
        return Use(self.use) if self.use in set(Use) else None

    @property
    def named(self) -> dict[str, str]:
        return {name: value for name, value in (("use", self.use), ("territory", self.territory)) if value}

    @property
    def query(self) -> str:
        return urlencode(self.named)

    def __str__(self) -> str:
        """ "web, Germany" """
        use = name_use(self.use) if self.use else ""
        return ", ".join(filter(None, (use, territories.name_of(self.territory) if self.territory else "")))


def name_use(use: str) -> str:
    return str(_OTHER if use == OTHER else usage_status.USES.get(use, use))


class PlaceForm(WholeTextForm):
    """A use and a country; an address holds them. Where they aren't `required` each may be left open."""

    use = forms.ChoiceField(label=lazy("Use"), required=False)
    territory = forms.CharField(
        label=lazy("Country"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": lazy("Germany, EU or worldwide")}),
    )
    open_use = lazy("Any use")

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        uses: tuple[str, ...],
        other: bool = False,
        required: bool = False,
        auto_id: str = "where_%s",
        **more: Any,
    ) -> None:
        super().__init__(_in_words(data) if data is not None else None, auto_id=auto_id, **more)
        offered = [(use, capfirst(str(usage_status.USES[use]))) for use in uses if use in usage_status.USES]
        if other:
            offered.append((OTHER, capfirst(str(_OTHER))))
        open_use = _CHOOSE if required else self.open_use
        self.fields["use"].choices = [("", open_use), *offered]  # type: ignore[attr-defined]
        for name, words in _MISSING.items() if required else ():
            self.fields[name].required = True
            self.fields[name].widget.is_required = False  # said in words, beside the others
            self.fields[name].error_messages["required"] = words
        for field in self.fields.values():
            field.unmarked = True  # type: ignore[attr-defined]  # what is left open is said beside it

    def clean_territory(self) -> str:
        typed = str(self.cleaned_data["territory"])
        try:
            return territories.code_of(typed) if typed else ""
        except territories.UnknownTerritory as unknown:
            raise forms.ValidationError(unknown.message) from unknown

    def answer(self) -> Answer:
        """What is named, as far as it can be read."""
        if not self.is_bound:
            return Answer()
        self.is_valid()
        return Answer(*(str(self.cleaned_data.get(name, "")) for name in ("use", "territory")))


def _in_words(data: Mapping[str, Any]) -> Any:
    """The same with the name of a country where an address has its code."""
    read: Any = data.copy()  # type: ignore[attr-defined]  # a QueryDict or a dict
    if territories.known(read.get("territory", "")):
        read["territory"] = territories.typed([str(read["territory"])])
    return read


def remembered(request: BrandRequest) -> Answer:
    """The last answer of this person in this brand."""
    if not asks(request):
        return Answer()
    kept = request.session.get(_KEPT, {}).get(str(request.brand.pk), {})
    use, territory = kept.get("use", ""), kept.get("territory", "")
    known = use in {*Use, OTHER}
    return Answer(use if known else "", territory if territories.known(territory) else "")


def remember(request: BrandRequest, answer: Answer) -> None:
    """Of people; programs say it each time."""
    if asks(request) and answer != remembered(request):
        kept = {**request.session.get(_KEPT, {}), str(request.brand.pk): answer.named}
        request.session[_KEPT] = kept


def asks(request: BrandRequest) -> bool:
    """Whether whoever asks is a person of the brand, who is asked what a download is for."""
    return isinstance(request.principal, Member)


def named(request: BrandRequest) -> bool:
    """Whether what was sent, or its address, names a use or a territory, be it empty."""
    return any(name in sent for sent in (request.POST, request.GET) for name in ("use", "territory"))
