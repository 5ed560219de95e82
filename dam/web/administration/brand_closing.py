"""Exporting a brand, closing it, opening it again; and making one."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_slug
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from dam.access import brand_closing, brand_export, brands
from dam.accounts.capabilities import Capability
from dam.accounts.models import BrandExport
from dam.accounts.principals import Member
from dam.core.errors import Refused
from dam.delivery import streaming
from dam.web import confirming
from dam.web.decorators import BrandRequest, for_closed, requires, requires_installation_admin
from dam.web.whole_text import WholeTextForm

PAGE = {"area": "administration", "section": "brand"}
LISTED = 5


class NewBrandForm(WholeTextForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    slug = forms.CharField(
        label=gettext_lazy("Name in addresses"),
        max_length=50,
        help_text=gettext_lazy("Lowercase letters, digits and dashes. It can't be changed later."),
    )

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        try:
            validate_slug(slug)
        except ValidationError as problem:
            raise forms.ValidationError(_("Use lowercase letters, digits and dashes.")) from problem
        return slug.lower()


@require_http_methods(["GET", "HEAD", "POST"])
@requires_installation_admin
def add(request: BrandRequest) -> HttpResponse:
    form = NewBrandForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = brands.make(by=request.principal, **form.cleaned_data)
        except brands.BrandRefused as refused:
            form.add_error("slug", refused.message)
        else:
            messages.success(request, _("%(brand)s is ready. You are its administrator.") % {"brand": made})
            return redirect("brand", made.slug)
    context = {"area": "administration", "section": "brand-new", "form": form}
    return render(request, "administration/brand_new.html", context, status=422 if form.errors else 200)


@for_closed
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_BRAND)
def closing(request: BrandRequest) -> HttpResponseBase:
    if not isinstance(request.principal, Member):
        raise PermissionDenied(_("Sign in to open this page."))
    problem = ""
    if request.method == "POST":
        if not confirming.recently(request):
            return confirming.ask(request, back=request.path)
        try:
            _do(request, request.principal)
        except Refused as refused:
            problem = refused.message
        else:
            return redirect("brand-closing", request.brand.slug)
    exports = BrandExport.objects.filter(brand=request.brand).select_related("requested_by")
    context = {
        **PAGE,
        "problem": problem,
        "days": brand_closing.GRACE.days,
        "exports": exports.order_by("-requested_at")[:LISTED],
    }
    return render(request, "administration/brand_closing.html", context, status=422 if problem else 200)


@for_closed
@require_safe
@requires(Capability.MANAGE_BRAND)
def export(request: BrandRequest, number: int) -> HttpResponseBase:
    """The ZIP file, for people who have just shown who they are."""
    found = BrandExport.objects.filter(brand=request.brand, pk=number).exclude(storage_key="").first()
    if found is None or not isinstance(request.principal, Member):
        raise Http404(_("This export doesn't exist."))
    if not confirming.recently(request):
        return confirming.ask(request, back=request.path)
    return streaming.respond(
        request,
        key=found.storage_key,
        sha256=f"export-{found.pk}",
        size=found.size or 0,
        content_type="application/zip",
        save_as=f"{request.brand.slug}.zip",
    )


def _do(request: BrandRequest, by: Member) -> None:
    match request.POST.get("do"):
        case "export":
            brand_export.request(request.brand, by=by)
            messages.success(
                request, _("A worker is making the export. This page shows it when it is ready.")
            )
        case "close":
            brand_closing.close(request.brand, by=by, typed=request.POST.get("typed", ""))
            messages.success(request, _("The brand is closed."))
        case "reopen":
            brand_closing.reopen(request.brand, by=by)
            messages.success(request, _("The brand is open again."))
