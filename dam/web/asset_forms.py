"""The words of an asset, as people edit them."""

from typing import Any

from django import forms

from dam.accounts.principals import Principal
from dam.audit import trail
from dam.catalog import assets, tags
from dam.catalog.models import Asset
from dam.search import fulltext


class AssetForm(forms.Form):
    title = forms.CharField(max_length=assets.LONGEST_TITLE, strip=True)
    description = forms.CharField(
        required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3}), strip=True
    )
    tags = forms.CharField(
        required=False,
        max_length=2000,
        help_text="Separated by commas.",
        widget=forms.TextInput(attrs={"placeholder": "summer, product shot", "autocapitalize": "none"}),
    )

    def __init__(self, data: Any = None, *, asset: Asset) -> None:
        self.asset = asset
        names = ", ".join(tag.name for tag in asset.tags.all())
        initial = {"title": asset.title, "description": asset.description, "tags": names}
        super().__init__(data, initial=initial)

    def save(self, *, by: Principal) -> None:
        """Change the asset and what the search knows of it, both or neither."""
        words = self.cleaned_data
        with trail.recording():
            assets.edit(
                self.asset,
                by=by,
                title=words["title"],
                description=words["description"],
                tag_names=tags.parse(words["tags"]),
            )
            fulltext.refresh(self.asset)
