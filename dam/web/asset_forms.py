"""The words of an asset, as people edit them."""

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from dam.accounts.principals import Principal
from dam.audit import trail
from dam.catalog import assets, tags
from dam.catalog.models import Asset
from dam.core.lazily import lazy
from dam.search import fulltext
from dam.web.whole_text import WholeTextForm


class AssetForm(WholeTextForm):
    title = forms.CharField(max_length=assets.LONGEST_TITLE, strip=True)
    description = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}), strip=True)
    tags = forms.CharField(
        required=False,
        help_text=lazy("Separated by commas."),
        widget=forms.TextInput(attrs={"placeholder": lazy("summer, product shot"), "autocapitalize": "none"}),
    )
    # The words as they were when the form was made, so that another's change since then is kept.
    was_title = forms.CharField(required=False, widget=forms.HiddenInput)
    was_description = forms.CharField(required=False, widget=forms.HiddenInput)
    was_tags = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, asset: Asset) -> None:
        self.asset = asset
        names = ", ".join(tag.name for tag in asset.tags.all())
        now = {"title": asset.title, "description": asset.description, "tags": names}
        was = {f"was_{name}": value for name, value in now.items()}
        super().__init__(data.copy() if data is not None else None, initial={**now, **was})

    def clean_description(self) -> str:
        text: str = self.cleaned_data["description"]
        if text.splitlines() == self.asset.description.splitlines():
            return text  # left as it was: older ones may be longer than is taken today
        try:
            return assets.clean_description(text)
        except assets.DescriptionTooLong as refused:
            raise forms.ValidationError(refused.message) from None

    def clean_tags(self) -> tuple[str, ...]:
        try:
            return tags.parse(self.cleaned_data["tags"])
        except tags.TagRefused as refused:
            raise forms.ValidationError(refused.message) from None

    def save(self, *, by: Principal) -> bool:
        """Change the asset and what the search knows of it, both or neither.

        False where somebody else has changed the same words meanwhile: the form says so, keeps what was
        typed, and puts it in their place when it is sent once more.
        """
        was_tags = self._sent("was_tags")
        seen = assets.SeenWords(
            self._sent("was_title"),
            self._sent("was_description"),
            tuple(name.strip() for name in was_tags.split(",")) if was_tags is not None else None,
        )
        try:
            with trail.recording():
                assets.edit(
                    self.asset,
                    by=by,
                    title=self.cleaned_data["title"],
                    description=self._sent("description"),
                    tag_names=self._sent("tags"),
                    seen=seen,
                )
                fulltext.refresh(self.asset)
        except assets.EditedMeanwhile as meanwhile:
            for name, now in meanwhile.now.items():
                words = _("Someone else changed this while you were editing. It now reads “%(now)s”.") % {
                    "now": now
                }
                self.add_error(name, (_("%(words)s Save again to use yours.") % {"words": words}))
                cast(QueryDict, self.data)[f"was_{name}"] = now
            return False
        except tags.TagRefused as refused:  # with those that others have added meanwhile
            self.add_error("tags", refused.message)
            return False
        return True

    def _sent(self, name: str) -> Any:
        """What a field holds; None where the form was sent without it."""
        return self.cleaned_data[name] if name in self.data else None
