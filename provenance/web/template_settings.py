"""Administration → Review → Templates: stages of their own for some of a brand's reviews."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dam.accounts.capabilities import Capability
from dam.custom_fields import schema
from dam.web.decorators import BrandRequest, requires
from provenance.review import rules, stage_names, templates
from provenance.review.models import ReviewTemplate
from provenance.review.stage_names import Line
from provenance.web.template_forms import WholeTemplate

SECTION = {"area": "administration", "section": "review-settings"}
MOST_ARCHIVED = 100  # that are listed to be restored, the latest first


@dataclass(frozen=True)
class Row:
    template: ReviewTemplate
    stages: tuple[Line, ...]
    problem: str  # with its rule, which was fine once


@require_safe
@requires(Capability.MANAGE_BRAND)
def listing(request: BrandRequest) -> HttpResponse:
    """The templates in the order of their rules, and those that were archived."""
    brand = request.brand
    used = list(templates.of(brand))
    problems = rules.problems([each.rule for each in used], brand=brand)
    names = stage_names.of((stage for each in used for stage in each.planned), known=schema.of(brand))
    archived = ReviewTemplate.objects.filter(brand=brand, archived_at__isnull=False)
    context = {
        **SECTION,
        "rows": [
            Row(
                each,
                tuple(names.line(stage) for stage in each.planned),
                problem if each.rule else "",
            )
            for each, problem in zip(used, problems, strict=True)
        ],
        "archived": archived.order_by("-archived_at", "-pk")[:MOST_ARCHIVED],
        "more_archived": max(0, archived.count() - MOST_ARCHIVED),
    }
    return render(request, "administration/review_templates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_BRAND)
def add(request: BrandRequest) -> HttpResponse:
    whole = WholeTemplate(request.brand, data=request.POST if request.method == "POST" else None)
    if request.method == "POST" and not whole.action and whole.is_valid():
        try:
            templates.add(by=request.principal, wanted=whole.wanted())
        except templates.TemplateRefused as refused:
            whole.refuse(refused)
        else:
            messages.success(request, _("The template was added. New reviews use it from now on."))
            return redirect("review-templates", request.brand.slug)
    return _form(request, whole)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MANAGE_BRAND)
def edit(request: BrandRequest, template_id: int) -> HttpResponse:
    template = _template(request, template_id, archived=None if request.method == "POST" else False)
    data = request.POST if request.method == "POST" else None
    whole = WholeTemplate(request.brand, data=data, template=template)
    if data is not None and not whole.action and whole.is_valid():
        try:
            templates.change(
                template,
                by=request.principal,
                revision=whole.form.cleaned_data["revision"],
                wanted=whole.wanted(),
            )
        except templates.TemplateRefused as refused:
            whole.refuse(refused)
        except templates.TemplateEdited as edited:
            template.refresh_from_db()
            whole.keep_typed(template, message=edited.message)
        else:
            messages.success(request, _("The template was saved. Open reviews keep their stages."))
            return redirect("review-templates", request.brand.slug)
    return _form(request, whole, template)


@require_POST
@requires(Capability.MANAGE_BRAND)
def archive(request: BrandRequest, template_id: int) -> HttpResponse:
    templates.archive(_template(request, template_id, archived=False), by=request.principal)
    messages.success(request, _("The template was archived. Open reviews go on; it can be restored below."))
    return redirect("review-templates", request.brand.slug)


@require_POST
@requires(Capability.MANAGE_BRAND)
def restore(request: BrandRequest, template_id: int) -> HttpResponse:
    try:
        templates.restore(_template(request, template_id, archived=True), by=request.principal)
    except templates.TemplateRefused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("The template was restored. It's last in the order."))
    return redirect("review-templates", request.brand.slug)


@require_POST
@requires(Capability.MANAGE_BRAND)
def move(request: BrandRequest, template_id: int) -> HttpResponse:
    """One place up or down."""
    template = _template(request, template_id, archived=False)
    templates.move(template, by=request.principal, up=request.POST.get("to") == "up")
    return redirect("review-templates", request.brand.slug)


def _template(request: BrandRequest, template_id: int, *, archived: bool | None) -> ReviewTemplate:
    rows = ReviewTemplate.objects.filter(brand=request.brand)
    if archived is not None:
        rows = rows.filter(archived_at__isnull=not archived)
    return get_object_or_404(rows.select_related("brand"), pk=template_id)


def _form(
    request: BrandRequest, whole: WholeTemplate, template: ReviewTemplate | None = None
) -> HttpResponse:
    context = {
        **SECTION,
        "whole": whole,
        "form": whole.form,
        "template": template,
        "most_stages": templates.MOST_STAGES,
    }
    status = 422 if whole.form.is_bound and whole.has_errors else 200
    return render(request, "administration/review_template_form.html", context, status=status)
