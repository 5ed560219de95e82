"""Forms of what somebody else changed, or deleted, while they were filled in: nothing typed is lost."""

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _


def keep_typed(form: forms.Form, now: Mapping[str, Any], *, message: str, deleted: bool = False) -> None:
    """`form` is one that is valid and was refused with `message`; `now` is how it would begin today.

    What was filled in differently is named with what it reads now, and the next "Save" is about that: the
    form has the revision of `now`. What was deleted can be restored, and saved then; it keeps its revision,
    so that what was changed before it was deleted is named first.
    """
    if deleted:
        words = _(
            "Someone else deleted this while you were editing it. What you typed is still here: restore it "
            "in another tab, then save again."
        )
        form.add_error(None, words)
        return
    take_revision(form, now["revision"])
    form.add_error(None, _("%(words)s Save again to use yours.") % {"words": message})
    for name, field in form.fields.items():
        if name in now and not field.widget.is_hidden and _differs(field, now[name], form[name].data):
            reads = _reads(field, now[name])
            words = _("%(field)s: it now reads “%(now)s”.") if reads else _("%(field)s: it's empty now.")
            form.add_error(None, words % {"field": field.label or name, "now": reads})


def take_revision(form: forms.Form, revision: int) -> None:
    """What was typed stays, and the next "Save" is about what is there at that revision."""
    form.data = cast(QueryDict, form.data).copy()
    form.data[form.add_prefix("revision")] = str(revision)


def _differs(field: forms.Field, now: Any, typed: Any) -> bool:
    if isinstance(field, forms.MultipleChoiceField):
        return {str(each) for each in now or ()} != set(typed or ())
    if isinstance(field, forms.BooleanField):
        return bool(now) != bool(field.to_python(typed))
    if isinstance(now, str) or isinstance(field, forms.ChoiceField):
        return _lines("" if now is None else str(now)) != _lines(typed or "")
    return field.has_changed(now, typed)


def _reads(field: forms.Field, now: Any) -> str:
    if isinstance(field, forms.BooleanField):
        return _("Yes") if now else _("No")
    if isinstance(field, forms.ChoiceField):
        several = isinstance(field, forms.MultipleChoiceField)
        chosen = [str(each) for each in now or ()] if several else ["" if now is None else str(now)]
        titles = {str(value): str(title) for value, title in _flat(field.choices)}
        return ", ".join(titles.get(each, each) for each in chosen)
    return ", ".join(_lines("" if now is None else str(field.prepare_value(now))))


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    flat: list[tuple[Any, Any]] = []
    for value, title in choices:
        flat.extend(_flat(title) if isinstance(title, list | tuple) else [(value, title)])
    return flat


def _lines(text: str) -> list[str]:
    """Browsers end the lines of what they send in their own way."""
    return text.strip().splitlines()
