"""The steps of the first run, but for signing, which is above the library (provenance.web)."""

import secrets
from io import BytesIO

from allauth.account.internal.flows.login import record_authentication
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from dam.accounts import mail_senders, setup
from dam.accounts.mail_models import MailSettings, Sender
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.core import storage
from dam.web.administration import mail as mail_page
from dam.web.administration.mail_forms import MailForm
from dam.web.setup import steps
from dam.web.setup.forms import HUES, AdministratorForm, BrandForm, TestMailForm

FORM = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def open_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Let this browser set up, by the link of the terminal; a second click is the same as the first."""
    if not setup.is_needed():
        return redirect("home")
    if not setup.is_held_by(request.session.get(steps.SESSION, "")):
        nonce = setup.use_link(secret, at=timezone.now())
        if nonce is None:
            return steps.closed(request)
        request.session.cycle_key()
        request.session[steps.SESSION] = nonce
    return redirect("setup")


@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    if not setup.is_needed():
        return redirect("home")
    if not setup.is_held_by(request.session.get(steps.SESSION, "")):
        return steps.closed(request)
    return redirect(steps.following())


@FORM
@steps.step("brand")
def brand(request: HttpRequest) -> HttpResponse:
    named = setup.state().brand
    known = {"name": named.name, "accent_hue": named.accent_hue} if named else {"accent_hue": 255}
    form = BrandForm(request.POST if request.method == "POST" else None, initial=known)
    if form.is_valid():
        setup.name_brand(form.cleaned_data["name"], hue=form.cleaned_data["accent_hue"])
        return steps.done("brand")
    status = 422 if form.errors else 200
    hue = str(form["accent_hue"].value())
    context = {"form": form, "hues": HUES, "hue": hue}
    return steps.page(request, "brand", "setup/brand.html", context, status=status)


@FORM
@steps.step("mail")
@sensitive_post_parameters()
def mail(request: HttpRequest) -> HttpResponse:
    fixed, kept = mail_senders.of_environment(), MailSettings.objects.first()
    sender, testing = mail_page.chosen(request, kept), request.POST.get("do") == "test"
    saving = request.method == "POST" and not testing and fixed is None
    form = MailForm(request.POST if saving else None, instance=kept, sender=sender)
    test_form = TestMailForm(request.POST if testing else None)
    answer = None
    if saving and form.is_valid():
        first = setup.state().brand
        assert first is not None  # the step says so
        mail_page.save(form, brand=first, by=None)
        return steps.done("mail") if request.POST.get("do") != "save" else redirect("setup-mail")
    if testing and test_form.is_valid():
        given = mail_senders.current()
        if not ratelimit.consume(request, app="allauth.account", action="setup_mail_test", key="setup"):
            return render(request, "429.html", status=429)
        if given is not None:
            answer = mail_page.try_out(given, to=test_form.cleaned_data["address"], brand=None)
    context = {
        "form": form,
        "test_form": test_form,
        "sender": sender,
        "senders": Sender.choices,
        "fixed": fixed,
        "can_test": mail_senders.current() is not None,
        "answer": answer,
        "address": test_form.cleaned_data.get("address") if answer else "",
    }
    return steps.page(
        request, "mail", "setup/mail.html", context, status=422 if form.errors or test_form.errors else 200
    )


@FORM
@steps.step("files")
def files(request: HttpRequest) -> HttpResponse:
    """Where files are kept, which the environment says; whether they can be, which is tried."""
    problem = _trouble_writing()
    if request.method == "POST" and not problem:
        return steps.done("files")
    context = {
        "place": settings.STORAGE,
        "problem": problem,
        "is_bucket": settings.STORAGE.startswith("s3://"),
    }
    return steps.page(request, "files", "setup/files.html", context)


@FORM
@steps.step("administrator")
@sensitive_post_parameters()
def administrator(request: HttpRequest) -> HttpResponse:
    form = AdministratorForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            with trail.recording():
                user, first = setup.admit_first(**form.cleaned_data)
                trail.record(Verb.BRAND_CREATED, brand=first, target=first.name, actor=user)
                data = {"role": "admin", "installation": True}
                trail.record(Verb.MEMBER_ADMITTED, brand=first, about=user, actor=user, data=data)
        except setup.AlreadySetUp:
            return redirect("home")
        request.session.flush()
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
        record_authentication(request, user, method="password", email=user.email)
        return redirect("library", brand_slug=first.slug)
    status = 422 if form.errors else 200
    return steps.page(request, "administrator", "setup/administrator.html", {"form": form}, status=status)


def _trouble_writing() -> str:
    """Why nothing can be written to storage; "" when it can."""
    key = f"setup/{secrets.token_hex(8)}"
    try:
        storage.keep(BytesIO(b"Reelproof was here."), key=key)
        with storage.open_file(key) as file:
            whole = file.read() == b"Reelproof was here."
        storage.delete(key)
    except (OSError, ValueError) as problem:
        return _("Nothing can be written there: %(why)s") % {"why": type(problem).__name__}
    return "" if whole else _("What was written there could not be read again.")
