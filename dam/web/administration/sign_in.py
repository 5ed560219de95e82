"""Administration → Sign-in: the company's providers, whose addresses they speak for, what their groups give.

It concerns every brand, so those who run the installation alone see it, and confirm who they are before they
change anything. What was changed is an event of the brand that they came from.
"""

from functools import wraps
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dam.audit import trail
from dam.audit.verbs import Verb
from dam.core import numbers
from dam.core.language import noop
from dam.scim import tokens
from dam.scim.models import ScimToken
from dam.sso import providers
from dam.sso.models import CompanyDomain, GroupRule, ProviderKind, SignInProvider
from dam.sso.providers import Provider
from dam.web import confirming
from dam.web.administration.sign_in_forms import (
    DomainForm,
    OpenIDForm,
    ProviderForm,
    RuleForm,
    SAMLForm,
    ScimTokenForm,
)
from dam.web.company import openid
from dam.web.decorators import BrandRequest, View, requires_installation_admin

SECTION = {"area": "administration", "section": "sign-in"}

DIRECTORY = noop("Directory (SCIM)")


def confirmed(view: View) -> View:
    """Whoever changes it has shown a moment ago who they are. Nothing sent is kept meanwhile, no secret."""

    @wraps(view)
    def asked(request: BrandRequest, *args: Any, **named: Any) -> HttpResponseBase:
        if confirming.recently(request):
            return view(request, *args, **named)
        if request.method != "POST":
            return confirming.ask(request)
        messages.warning(request, _("Confirm that it's you first. Nothing was changed yet."))
        return confirming.ask(request, back=reverse("sign-in", args=[request.brand.slug]))

    return asked


@require_safe
@requires_installation_admin
def overview(request: BrandRequest) -> HttpResponse:
    shown = [_card(each) for each in providers.known()]
    issued = ScimToken.objects.filter(brand=request.brand, revoked_at=None).order_by("-pk")
    context = {
        **SECTION,
        "providers": shown,
        "tokens": issued,
        "token_form": ScimTokenForm(brand=request.brand),
        "new_token": request.session.pop("new_scim_token", ""),
        "scim_address": tokens.address(),
    }
    return render(request, "administration/sign_in.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires_installation_admin
@confirmed
def add(request: BrandRequest, kind: str) -> HttpResponse:
    if kind not in ProviderKind:
        raise Http404(_("This kind of sign-in doesn't exist."))
    form = _form(kind)(request.POST or None, instance=SignInProvider(kind=kind))
    if request.method == "POST" and form.is_valid():
        form.instance.slug = _free_slug(form.instance.name)
        with trail.recording():
            row = form.save()
            _record(request, row, {"added": row.name})
        messages.success(request, _("Sign-in added. Now say whose addresses it speaks for."))
        return redirect("sign-in-provider", request.brand.slug, row.slug)
    context = {**SECTION, "form": form, "kind": kind}
    return render(
        request, "administration/sign_in_provider.html", context, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires_installation_admin
@confirmed
def provider(request: BrandRequest, slug: str) -> HttpResponse:
    """Its own settings, its domains and its rules; the environment's has no form."""
    shown = _named(slug)
    row = SignInProvider.objects.filter(slug=slug).first()
    form = _form(row.kind)(request.POST or None, instance=row) if row else None
    if request.method == "POST" and form is not None and form.is_valid():
        with trail.recording():
            changed = [name for name in form.changed_data if name != "client_secret"]
            if {"issuer", "entity_id"} & set(changed):
                SocialAccount.objects.filter(provider=slug).delete()  # another's names for people are others
            kept = form.save()
            _record(request, kept, {"changed": sorted(form.changed_data)})
        messages.success(request, _("Saved."))
        return redirect("sign-in-provider", request.brand.slug, slug)
    context = {
        **SECTION,
        "form": form,
        "provider": shown,
        "kind": shown.kind,
        "callback_url": _callback(shown),
        "domains": CompanyDomain.objects.filter(provider=slug).order_by("domain"),
        "domain_form": DomainForm(slug=slug),
        "rules": GroupRule.objects.filter(provider=slug).select_related("brand").order_by("group", "brand"),
        "rule_form": RuleForm(),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "administration/sign_in_provider.html", context, status=status)


@require_POST
@requires_installation_admin
@confirmed
def remove(request: BrandRequest, slug: str) -> HttpResponse:
    """Who signed in by it keeps their account and, until it ends by hand, their memberships."""
    row = get_object_or_404(SignInProvider, slug=slug)
    with trail.recording():
        CompanyDomain.objects.filter(provider=slug).delete()
        GroupRule.objects.filter(provider=slug).delete()
        SocialAccount.objects.filter(provider=slug).delete()
        row.delete()
        _record(request, row, {"removed": row.name})
    messages.success(request, _("Sign-in removed."))
    return redirect("sign-in", request.brand.slug)


@require_POST
@requires_installation_admin
@confirmed
def domains(request: BrandRequest, slug: str) -> HttpResponse:
    """Add one, change whether passwords open its accounts, or remove it."""
    shown = _named(slug)
    chosen = numbers.read(request.POST.get("domain_id", ""))
    form = DomainForm(request.POST, slug=slug)
    with trail.recording():
        if chosen is not None:
            row = get_object_or_404(CompanyDomain, pk=chosen, provider=slug)
            if request.POST.get("remove"):
                row.delete()
                _record(request, shown, {"domain": [row.domain, ""]})
            else:
                row.only_company_sign_in = not row.only_company_sign_in
                row.save(update_fields=["only_company_sign_in"])
                only = row.only_company_sign_in
                _record(request, shown, {f"only {row.domain}": [not only, only]})
        elif form.is_valid():
            kept = form.save()
            _record(request, shown, {"domain": ["", kept.domain]})
        else:
            _tell_problems(request, form)
    return redirect("sign-in-provider", request.brand.slug, slug)


@require_POST
@requires_installation_admin
@confirmed
def rules(request: BrandRequest, slug: str) -> HttpResponse:
    """Add a rule, or remove one. It counts from the next sign-in on."""
    shown = _named(slug)
    chosen = numbers.read(request.POST.get("rule_id", ""))
    form = RuleForm(request.POST, instance=GroupRule(provider=slug))
    with trail.recording():
        if chosen is not None:
            row = get_object_or_404(GroupRule, pk=chosen, provider=slug)
            row.delete()
            _record(request, shown, {"rule": [_rule(row), ""]})
        elif form.is_valid():
            row = form.save()
            _record(request, shown, {"rule": ["", _rule(row)]})
        else:
            _tell_problems(request, form)
    return redirect("sign-in-provider", request.brand.slug, slug)


@require_POST
@requires_installation_admin
@confirmed
def create_token(request: BrandRequest) -> HttpResponse:
    form = ScimTokenForm(request.POST, brand=request.brand)
    if form.is_valid():
        secret = tokens.create(
            by=request.principal, name=form.cleaned_data["name"], role=form.cleaned_data["role"]
        )
        request.session["new_scim_token"] = secret
    else:
        _tell_problems(request, form)
    return redirect("sign-in", request.brand.slug)


@require_POST
@requires_installation_admin
@confirmed
def revoke_token(request: BrandRequest, token_id: int) -> HttpResponse:
    tokens.revoke(get_object_or_404(ScimToken, pk=token_id, brand=request.brand), by=request.principal)
    messages.success(request, _("Token revoked."))
    return redirect("sign-in", request.brand.slug)


def _card(each: Provider) -> dict[str, Any]:
    return {"provider": each, "domains": sorted(providers.domains_of(each.slug))}


def _named(slug: str) -> Provider:
    if slug == providers.OF_DIRECTORY:  # whose groups have rules, too
        return Provider(slug=slug, kind="", name=_(DIRECTORY))
    found = next((each for each in providers.known() if each.slug == slug), None)
    if found is None:
        raise Http404(_("This sign-in doesn't exist."))
    return found


def _form(kind: str) -> type[ProviderForm]:
    return OpenIDForm if kind == ProviderKind.OPENID else SAMLForm


def _callback(shown: Provider) -> str:
    if not shown.kind:
        return ""
    if shown.is_openid:
        return openid.callback_url(shown.slug)
    return openid.public(reverse("saml_metadata", args=[shown.slug]))


def _free_slug(name: str) -> str:
    wanted = slugify(name)[:30] or "company"
    taken = {*providers.RESERVED, *SignInProvider.objects.values_list("slug", flat=True)}
    number, slug = 1, wanted
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug


def _tell_problems(request: BrandRequest, form: BaseForm) -> None:
    messages.error(request, " ".join(str(each) for errors in form.errors.values() for each in errors))


def _rule(row: GroupRule) -> str:
    return f"{row.group or '*'} → {row.brand}: {row.role}"


def _record(request: BrandRequest, shown: Provider | SignInProvider, data: dict[str, Any]) -> None:
    """In the log a directory is called the same in whatever language somebody changes it."""
    name = DIRECTORY if shown.slug == providers.OF_DIRECTORY else shown.name
    trail.record(
        Verb.COMPANY_SIGN_IN_CHANGED, brand=request.brand, target=name, actor=request.principal, data=data
    )
