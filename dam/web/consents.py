"""The consents of a version on its tab of rights: listed, added, changed, withdrawn, and their documents."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dam.accounts import times
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.catalog.models import Version
from dam.core import language, numbers
from dam.core.errors import Refused
from dam.core.lazily import lazy
from dam.delivery import streaming
from dam.rights import consent_documents, consents
from dam.rights.consent_documents import Document, DocumentRefused
from dam.rights.consents import ConsentChanged, Said
from dam.rights.models import Consent, ConsentKind
from dam.web import asset_version
from dam.web.day_field import DayField, ends
from dam.web.decorators import BrandRequest, requires
from dam.web.whole_text import WholeTextForm

CONTENT_TYPE = "application/octet-stream"  # whatever it says it is: no browser shows it


class ConsentForm(WholeTextForm):
    kind = forms.ChoiceField(label=lazy("Kind"), choices=ConsentKind.choices)
    name = forms.CharField(
        label=lazy("Name"),
        help_text=lazy("The person, or the owner of the place, the music or the trademark."),
    )
    covers = forms.CharField(
        label=lazy("What it covers"),
        required=False,
        help_text=lazy("For example: social media in Europe, no retouching of the face."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    until = DayField(label=lazy("Last day"), required=False)
    document = forms.FileField(label=lazy("Document"), required=False)

    def __init__(self, *args: object, zone: ZoneInfo, kept: Consent | None = None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.zone, self.kept = zone, kept
        self.fields["until"].help_text = ends(zone)
        most = consent_documents.MOST_BYTES // 1024**2
        told = _("PDF, JPEG, PNG or TIFF, up to %(most)s MB.") % {"most": most}
        if kept is not None and kept.filename:
            told += " " + _("It takes the place of the one there is.")
        self.fields["document"].help_text = told

    def said(self) -> Said:
        """Of a form that is valid. The day that is kept already ends when it was said to."""
        day, kept = self.cleaned_data["until"], self.kept.until if self.kept else None
        until = times.end_of_day(day, self.zone) if day else None
        if kept is not None and day == kept.astimezone(self.zone).date():
            until = kept
        return Said(self.cleaned_data["kind"], self.cleaned_data["name"], self.cleaned_data["covers"], until)

    def sent(self) -> Document | None:
        """No more of it is read than is needed to refuse it."""
        file = self.files.get("document")
        return Document(file.name or "", file.read(consent_documents.MOST_BYTES + 1)) if file else None


class WithdrawForm(WholeTextForm):
    reason = forms.CharField(
        label=lazy("Reason"),
        help_text=lazy("Who withdrew it, and how you learned of it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@dataclass(frozen=True)
class Row:
    """One consent of the list; `line` says how it stands, `fine` whether it lets the version be used."""

    consent: Consent
    name: str
    kind: str
    line: str
    fine: bool


def context(version: Version, *, by: Principal, at: datetime) -> dict[str, object]:
    """What assets/_consents.html takes besides the clip. `at` is now where the brand is."""
    found = consents.of(version, by=by)
    return {
        "may_see_consents": consents.may_see(by),
        "may_consent": consents.may_change([version.pk], by=by),
        "may_withdraw_consent": bool(found) and consents.may_withdraw([version.pk], by=by),
        "may_forget_consent": consents.may_forget(by),
        "consents": [_row(each, at=at) for each in found],
    }


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.VIEW_UNRELEASED)
def add(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    version = asset_version.find(request, asset_id)
    _require_change(request)
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        try:
            consents.add(version, form.said(), document=form.sent(), by=request.principal)
        except DocumentRefused as refused:
            form.add_error("document", refused.message)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("Consent added."))
            return redirect(asset_version.address(version, tab="rights"))
    return _page(request, version, form)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.VIEW_UNRELEASED)
def change(request: BrandRequest, asset_id: UUID, consent_id: int) -> HttpResponse:
    """`seen` is the revision that the form was made of. Below it are what takes it away."""
    version = asset_version.find(request, asset_id)
    if request.method == "POST" or not consents.may_forget(request.principal):
        _require_change(request)
    consent = _find(request, version, consent_id)
    seen = consent.revision
    form = _form(request, consent)
    if request.method == "POST" and form.is_valid():
        try:
            changed = consents.change(
                version,
                consent_id,
                form.said(),
                seen=_revision(request),
                document=form.sent(),
                by=request.principal,
            )
        except DocumentRefused as refused:
            form.add_error("document", refused.message)
            seen = _revision(request)
        except ConsentChanged as refused:
            form.add_error(None, refused.message)
            _tell(form, refused.now)
            seen = refused.now.revision
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            if changed:
                messages.success(request, _("Saved."))
            return redirect(asset_version.address(version, tab="rights"))
    elif request.method == "POST":
        seen = _revision(request)
    return _page(request, version, form, consent=consent, seen=seen)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.VIEW_UNRELEASED)
def withdraw(request: BrandRequest, asset_id: UUID, consent_id: int) -> HttpResponse:
    version = asset_version.find(request, asset_id)
    if not request.principal.can(Capability.WITHDRAW_RELEASE):
        _require_change(request)
    consent = _find(request, version, consent_id)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            consents.withdraw(version, consent_id, reason=reason, by=request.principal)
        except Refused as refused:
            form.add_error("reason", refused.message)
        else:
            messages.success(request, _("The consent is withdrawn."))
            return redirect(asset_version.address(version, tab="rights"))
    shown = _shown(version) | {"form": form, "consent": consent}
    return render(request, "assets/consent_withdraw.html", shown, status=422 if form.errors else 200)


@require_POST
@requires(Capability.VIEW_UNRELEASED)
def act(request: BrandRequest, asset_id: UUID, consent_id: int) -> HttpResponse:
    """`do`: reinstate it, or remove it from the version."""
    version = asset_version.find(request, asset_id)
    doing = {"reinstate": consents.reinstate, "remove": consents.remove}
    done = {"reinstate": _("The consent stands again."), "remove": _("Consent removed.")}
    wanted = request.POST.get("do", "")
    if wanted not in doing:
        raise Http404(_("There's no such consent here."))
    try:
        doing[wanted](version, consent_id, by=request.principal)
        messages.success(request, done[wanted])
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect(asset_version.address(version, tab="rights"))


@require_POST
@requires(Capability.VIEW_UNRELEASED)
def erase(request: BrandRequest, asset_id: UUID, consent_id: int) -> HttpResponse:
    """Remove its personal data. No program does that."""
    version = asset_version.find(request, asset_id)
    try:
        consents.forget(version, consent_id, by=request.principal)
        messages.success(request, _("The personal data was removed."))
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect(asset_version.address(version, tab="rights"))


@require_safe
@requires(Capability.VIEW_UNRELEASED)
def document(request: BrandRequest, asset_id: UUID, consent_id: int) -> HttpResponseBase:
    """The file as it was sent, to be saved: nothing of it is read or shown here."""
    version = asset_version.find(request, asset_id)
    consent = _find(request, version, consent_id)
    if not consent.storage_key:
        raise Http404(_("There's no document here."))
    try:
        return streaming.respond(
            request,
            key=consent.storage_key,
            sha256=consent.sha256,
            size=consent.size,
            content_type=CONTENT_TYPE,
            save_as=consent.filename,
        )
    except FileNotFoundError as lost:
        raise Http404(_("There's no document here.")) from lost


def _row(consent: Consent, *, at: datetime) -> Row:
    end = consent.until
    if consent.withdrawn_at is not None:
        day = language.day(consent.withdrawn_at.astimezone(at.tzinfo))
        fine, line = False, _("Withdrawn on %(day)s.") % {"day": day}
    elif end is None:
        fine, line = True, _("No end date.")
    else:
        fine, day = at < end, language.day(end.astimezone(at.tzinfo))
        line = (_("Until %(day)s.") if fine else _("Ended on %(day)s.")) % {"day": day}
    name = _("Name removed") if consent.forgotten_at is not None else consent.name
    return Row(consent, name, ConsentKind(consent.kind).label, line, fine)


def _form(request: BrandRequest, kept: Consent | None = None) -> ConsentForm:
    zone = times.of_brand(request.brand)
    if request.method == "POST":
        return ConsentForm(request.POST, request.FILES, zone=zone, kept=kept)
    initial = {}
    if kept is not None:
        until = kept.until.astimezone(zone).date() if kept.until else None
        initial = {"kind": kept.kind, "name": kept.name, "covers": kept.covers, "until": until}
    return ConsentForm(initial=initial, zone=zone, kept=kept)


def _tell(form: ConsentForm, now: Consent) -> None:
    """Beside each field what somebody else made of it, where that differs from what was typed."""
    until = now.until.astimezone(form.zone).date() if now.until else None
    there = {"kind": now.kind, "name": now.name, "covers": now.covers, "until": until}
    said = {
        "kind": ConsentKind(now.kind).label,
        "name": now.name,
        "covers": now.covers,
        "until": language.day(until) if until else "",
    }
    typed = {name: form.cleaned_data.get(name) for name in there}
    for name, text in said.items():
        if typed[name] != there[name]:
            form.add_error(name, _now_says(text))


def _now_says(text: str) -> str:
    return _("It now says: %(text)s") % {"text": text} if text else _("It's empty now.")


def _page(
    request: BrandRequest,
    version: Version,
    form: ConsentForm,
    *,
    consent: Consent | None = None,
    seen: int = 0,
) -> HttpResponse:
    by, shown = request.principal, _shown(version) | {"form": form, "consent": consent, "seen": seen}
    if consent is not None:
        may = consents.may_change(consents.needed_by(consent), by=by)
        shown["may_change"] = may and consent.forgotten_at is None
        shown["may_remove"] = consents.may_remove(version, by=by)
        shown["may_forget"] = consents.may_forget(by) and consent.forgotten_at is None
    return render(request, "assets/consent.html", shown, status=422 if form.errors else 200)


def _shown(version: Version) -> dict[str, object]:
    return {
        "area": "library",
        "asset": version.asset,
        "version": version,
        "back": asset_version.address(version, tab="rights"),
    }


def _find(request: BrandRequest, version: Version, consent_id: int) -> Consent:
    found = consents.find(version, consent_id, by=request.principal)
    if found is None:
        raise Http404(_("There's no such consent here."))
    return found


def _revision(request: BrandRequest) -> int:
    seen = numbers.read(request.POST.get("seen", ""), digits=9)
    return -1 if seen is None else seen


def _require_change(request: BrandRequest) -> None:
    by = request.principal
    if not (by.can(Capability.EDIT) or by.can(Capability.DECIDE_LEGAL)):
        raise PermissionDenied(by.refusal(Capability.EDIT))
