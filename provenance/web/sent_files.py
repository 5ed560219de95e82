"""What forms and answers know of files at comments: the field that names them, and how they are sent on.

The file as it was sent is only ever given to be saved, whatever it is. What a page shows was made of it by a
worker.
"""

import json
from collections.abc import Iterable
from contextlib import suppress
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

from dam.catalog.models import Version
from dam.delivery import streaming
from provenance.attachments import files
from provenance.attachments.files import AttachmentRefused, Sender
from provenance.attachments.models import Attachment

SAVED_AS = "application/octet-stream"  # whatever it says it is: no browser shows it
ANY = UUID(int=0)  # in an address that a script puts a key into
WITH_FILES = Prefetch("attachments", Attachment.objects.select_related("preview"))
LONGEST = 10_000


class SentFilesField(forms.CharField):
    """A JSON list of [key, name, bytes] for each file; cleaned, the keys alone, each once.

    Kept with what somebody types (dam/js/drafts.js), so that a draft which comes back has its files.
    """

    def __init__(self) -> None:
        hidden = {"data-attached": True, "hidden": True, "aria-hidden": "true", "rows": False, "cols": False}
        super().__init__(required=False, strip=False, widget=forms.Textarea(attrs=hidden))

    def to_python(self, value: object) -> list[UUID]:  # type: ignore[override]
        text = str(value or "")
        if not text.strip():
            return []
        try:
            if len(text) > LONGEST:
                raise ValueError
            keys = list(dict.fromkeys(UUID(str(each[0])) for each in json.loads(text)))
        except (ValueError, TypeError, LookupError, RecursionError) as wrong:
            raise forms.ValidationError(_("The attached files can't be read. Attach them again.")) from wrong
        if len(keys) > files.MOST:
            raise forms.ValidationError(
                _("A comment can have %(most)s files at most. Remove some.") % {"most": files.MOST}
            )
        return keys

    def validate(self, value: object) -> None:
        """Nothing is needed."""

    def run_validators(self, value: object) -> None:
        """What there is to check, to_python has."""


def limits() -> dict[str, Any]:
    """What the box for a comment says of files before any is chosen."""
    return {"attach_most": files.MOST, "attach_megabytes": files.most_bytes() // 1024**2}


def received(request: HttpRequest, version: Version, *, by: Sender, remove: str) -> JsonResponse:
    """Keep the one file `file` of the request: its key, name, size and the address that removes it."""
    sent_file = request.FILES.get("file")
    if sent_file is None:
        return refused(_("Choose a file first."))
    try:
        kept = files.receive(version, sent_file, by=by)
    except AttachmentRefused as problem:
        return refused(problem.message)
    answer = {"id": str(kept.pk), "name": kept.filename, "size": kept.size}
    return JsonResponse(
        {**answer, "remove": remove.replace(str(ANY), str(kept.pk))}, status=HTTPStatus.CREATED
    )


def refused(message: str) -> JsonResponse:
    return JsonResponse({"message": message}, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def sent(request: HttpRequest, form: forms.Form, version: Version, *, by: Sender) -> list[UUID]:
    """The keys of all files that belong to a valid form: sent before, or without script along with it.

    Those that came along are named in the form's own data from then on: where it is refused and comes back,
    they needn't be sent again. Raises AttachmentRefused.
    """
    keys: list[UUID] = list(form.cleaned_data["attachments"])
    along = request.FILES.getlist("files")
    if len(keys) + len(along) > files.MOST:
        raise AttachmentRefused(
            _("A comment can have %(most)s files at most. Remove some.") % {"most": files.MOST}
        )
    given = request.POST.copy()
    named = json.loads(request.POST.get("attachments", "").strip() or "[]")
    for each in along:
        kept = files.receive(version, each, by=by)
        keys.append(kept.pk)
        named.append([str(kept.pk), kept.filename, kept.size])
        given["attachments"] = json.dumps(named)
        form.data = given
    return keys


def ticked(values: Iterable[str]) -> list[UUID]:
    """The keys among what a form sends; what is none is left out."""
    keys = []
    for each in values:
        with suppress(ValueError):
            keys.append(UUID(each))
    return keys


def download(request: HttpRequest, found: Attachment | None) -> HttpResponseBase | None:
    """None where there is no such file, or storage has lost it."""
    if found is None:
        return None
    try:
        return streaming.respond(
            request,
            key=found.storage_key,
            sha256=found.sha256,
            size=found.size,
            content_type=SAVED_AS,
            save_as=found.filename,
        )
    except FileNotFoundError:
        return None


def shown(request: HttpRequest, found: Attachment | None) -> HttpResponseBase | None:
    """None where nothing could be made of it yet, or storage has lost it."""
    made = getattr(found, "preview", None)
    if made is None:
        return None
    try:
        return streaming.respond(
            request,
            key=made.storage_key,
            sha256=made.sha256,
            size=made.size,
            content_type=made.content_type,
        )
    except FileNotFoundError:
        return None
