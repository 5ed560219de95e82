"""What is said of files while their bytes travel: one form, for one file or for all of those on their way."""

from collections.abc import Sequence
from uuid import UUID

from django import forms
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.catalog.models import AssetKind, DeclaredOrigin
from dam.core.lazily import lazy
from dam.custom_fields import clip_kinds, schema
from dam.ingest import details
from dam.ingest.details import Details, Said
from dam.ingest.models import Upload
from dam.web import htmx, selection
from dam.web.decorators import BrandRequest, requires
from dam.web.own_fields import inputs, rows
from dam.web.own_fields.forms import OWN
from dam.web.stated_fields import StatedForm

# Of rights: what few have to say.
FOLDED = ("credit_line", "exclusivity", "channels", "audience")


class DetailsForm(StatedForm):
    """`single` has a title; `kind` is that of all the files, where it is known.

    What is for a next version (`version`) has neither a title nor what its clip has, but says what changed.
    """

    field_order = ("note", "title", "tags", "declared_origin", "licence", "rights_holder", "restriction")

    note = forms.CharField(
        required=False, label=lazy("What changed?"), widget=forms.Textarea(attrs={"rows": 2})
    )
    title = forms.CharField(required=False)
    tags = forms.CharField(
        required=False,
        help_text=lazy("Separated by commas."),
        widget=forms.TextInput(attrs={"autocapitalize": "none"}),
    )
    declared_origin = forms.ChoiceField(
        required=False,
        label=lazy("Where it comes from"),
        help_text=lazy("Your statement. It is shown with the clip and doesn't replace Content Credentials."),
        choices=[("", "—"), *DeclaredOrigin.choices],
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        principal: Principal,
        said: Details,
        single: bool,
        version: bool,
        kind: str | None = None,
    ) -> None:
        initial = {name: getattr(said, name) for name in details.TEXTS} | {"tags": ", ".join(said.tags)}
        super().__init__(data, initial=initial)
        self.brand, self.before = principal.brand, said
        self.own = () if version else schema.of(principal.brand).asked_of(kind).in_use
        if version or not single:
            del self.fields["title"]
        if version:
            del self.fields["tags"]
        else:
            del self.fields["note"]
        listed = inputs.people(principal.brand, self.own)
        people = rows.names_of(self.own, [dict(said.fields)])
        for field in self.own:
            made = inputs.of(field, value=said.fields.get(field.key, ()), people=listed, names=people)
            note = clip_kinds.note(field) if kind is None else ""
            required = _("Required before a review") if field.required else ""
            made.help_text = " · ".join(filter(None, [str(made.help_text), note, required]))
            self.fields[OWN + field.key] = made
        for each in self.fields.values():
            each.unmarked = True  # type: ignore[attr-defined]  # all can be left out

    @property
    def first(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name not in FOLDED]

    @property
    def folded(self) -> list[forms.BoundField]:
        return [self[name] for name in FOLDED]

    @property
    def unfolded(self) -> bool:
        """Whether what is folded says something already, or is wrong."""
        return any(field.value() or field.errors for field in self.folded)

    def clean(self) -> None:
        try:
            details.checked(self.said(), brand=self.brand, before=self.before)
        except details.DetailsRefused as refused:
            for name, problem in refused.problems.items():
                self.add_error(name if name in self.fields else None, problem)

    def said(self) -> Details:
        """What was filled in, as it was typed."""
        given = self.cleaned_data
        typed = {field.key: given.get(OWN + field.key) or () for field in self.own}
        fields = {key: (each,) if isinstance(each, str) else tuple(each) for key, each in typed.items()}
        texts = {name: given.get(name, "") for name in details.TEXTS}
        return Details(
            **texts,
            tags=tuple(filter(None, map(str.strip, given.get("tags", "").split(",")))),
            fields={key: each for key, each in fields.items() if each},
        )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.UPLOAD)
def say(request: BrandRequest) -> HttpResponse:
    """The form, and what it says kept with the uploads named; with none it is only checked.

    `single`: about one file, whose details it shows; `version`: about what is to be a next version; `kind`:
    what all of the files are, where the browser is sure.
    """
    request.principal.require(Capability.EDIT)
    asked = request.POST if request.method == "POST" else request.GET
    ids = [key for key in map(selection.key, asked.getlist("upload")) if key is not None]
    single, version = "single" in asked, "version" in asked
    upload = _upload(request, ids) if single else None
    kind = upload.version.kind if upload and upload.version else asked.get("kind")
    kind = kind if kind in AssetKind.values else None
    form = DetailsForm(
        request.POST if request.method == "POST" else None,
        principal=request.principal,
        said=details.of(upload) if upload else Details(),
        single=single,
        version=version,
        kind=kind,
    )
    if request.method == "POST" and form.is_valid():
        try:
            said = details.say(form.said(), ids, by=request.principal, anew=single)
        except (details.DetailsRefused, details.TooMany) as refused:
            form.add_error(None, refused.message)
        else:
            return _kept(request, said)
    file = asked.get("file", "")[:255]  # names the draft of what is typed (drafts.js)
    context = {"form": form, "single": single, "version": version, "kind": kind, "file": file}
    status = 422 if form.errors else 200
    response = render(request, "components/upload_details.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _kept(request: BrandRequest, said: Said) -> HttpResponse:
    """Nothing for the form; for the page that hands it over, what wasn't put on by upload, and those uploads
    of which it is to be said again."""
    if htmx.is_htmx(request):
        return HttpResponse(status=204)
    told = {
        "problems": {str(key): problem for key, problem in said.problems.items()},
        "busy": sorted(map(str, said.busy)),
    }
    return JsonResponse(told, headers={"Cache-Control": "no-store"})


def _upload(request: BrandRequest, ids: Sequence[UUID]) -> Upload | None:
    mine = Upload.objects.filter(brand=request.brand, user=request.principal.user)
    return mine.filter(pk__in=ids[:1]).select_related("version").first()
