"""Forms that cut nothing: what is too long is refused in words, after it was sent whole."""

from typing import Any

from django import forms


class WholeText:
    """Without `maxlength` in the page: browsers cut what is pasted there, and say nothing."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("maxlength", None)


class WholeTextForm(WholeText, forms.Form):
    pass
