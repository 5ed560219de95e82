"""How mails leave the installation, a test of it, and the mails that didn't."""

from datetime import datetime
from uuid import UUID

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dam.accounts import mail_answers, mail_backend, mail_senders, mails, outbox
from dam.accounts.mail_answers import Answer
from dam.accounts.mail_models import MailSettings, OutgoingMail, Sender
from dam.accounts.mail_senders import Outgoing
from dam.accounts.models import Brand, User
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.web import confirming, row_pages
from dam.web.administration.mail_forms import MailForm, described
from dam.web.decorators import BrandRequest, requires_installation_admin
from dam.web.row_pages import By

PAGE = 25
LAST_FAILED_FIRST = (By("failed_at", datetime, descending=True), By("pk", UUID))
OK = Answer("sent", "")


@require_http_methods(["GET", "HEAD", "POST"])
@requires_installation_admin
def mail(request: BrandRequest) -> HttpResponseBase:
    fixed = mail_senders.of_environment()
    kept = MailSettings.objects.first()
    sender = chosen(request, kept)
    form = MailForm(request.POST if request.method == "POST" else None, instance=kept, sender=sender)
    if request.method == "POST" and not confirming.recently(request):
        return confirming.ask(request)  # whoever changes it gets the links that mails hold
    if request.method == "POST" and (fixed or _is_elsewhere()):
        raise PermissionDenied(_("The environment of the server sets how emails are sent."))
    if request.method == "POST" and form.is_valid():
        save(form, brand=request.brand, by=request.principal.user)
        messages.success(request, _("Saved. New emails are sent this way at once."))
        return redirect("administration-mail", brand_slug=request.brand.slug)
    return _page(request, form=form, sender=sender, status=422 if form.errors else 200)


@require_POST
@requires_installation_admin
def test(request: BrandRequest) -> HttpResponse:
    """Send a mail to the administrator, and show what the server says."""
    person = request.principal.user
    if person is None or not ratelimit.consume(
        request, app="allauth.account", action="mail_test", user=person
    ):
        return render(request, "429.html", status=429)
    kept = MailSettings.objects.first()
    sender = Sender(kept.sender) if kept else Sender.OFF
    given = None if _is_elsewhere() else mail_senders.current()
    answer = try_out(given, to=person, brand=request.brand) if mails.is_on() else None
    form = MailForm(None, instance=kept, sender=sender)
    return _page(request, form=form, sender=sender, answer=answer)


@require_POST
@requires_installation_admin
def failed(request: BrandRequest, mail_id: UUID) -> HttpResponse:
    """Send a mail that failed once more, or forget it."""
    if request.POST.get("do") == "again":
        outbox.again(mail_id)
        messages.success(request, _("The email is being sent again."))
    else:
        OutgoingMail.objects.filter(pk=mail_id).exclude(failed_at=None).delete()
        messages.success(request, _("Removed from the list."))
    return redirect("administration-mail", brand_slug=request.brand.slug)


def chosen(request: HttpRequest, kept: MailSettings | None) -> Sender:
    """The way to send whose fields are shown: as asked, else as it is set."""
    asked = request.POST.get("sender") if request.method == "POST" else request.GET.get("sender")
    if asked == "off":
        return Sender.OFF
    if asked in Sender.values:
        return Sender(asked)
    return Sender(kept.sender) if kept else Sender.OFF


def save(form: MailForm, *, brand: Brand, by: User | None) -> None:
    before, row = described(MailSettings.objects.first()), form.row()
    values = {each.attname: getattr(row, each.attname) for each in row._meta.concrete_fields}
    values |= {"changed_at": timezone.now(), "changed_by_id": by.pk if by else None}
    with trail.recording():
        MailSettings.objects.update_or_create(pk=MailSettings.ONLY, defaults=values)
        if before != described(row) or "secret" in form.changed_data:
            data = {"before": before, "after": described(row)}
            trail.record(Verb.MAIL_CHANGED, brand=brand, target=described(row), actor=by, data=data)


def _is_elsewhere() -> bool:
    """Whether the environment names a way of Django's to send that is none of ours."""
    return settings.EMAIL_BACKEND != mail_senders.BACKEND


def try_out(given: Outgoing | None, *, to: User | str, brand: Brand | None) -> Answer:
    """Send the test mail by these settings, else as the environment has it, and what came of it."""
    try:
        message = mails.compose("test", to=to, context={"brand": brand}, sender=given)
        if given is None:
            message.send()
        else:
            mail_backend.send_by(given, [message])
    except mail_backend.SendingFailed as problem:
        return problem.answer
    except mails.NotSent as refused:
        return Answer("address", refused.message)
    except OSError as problem:
        return mail_answers.describe(problem)
    return OK


def _page(
    request: BrandRequest, *, form: MailForm, sender: Sender, answer: Answer | None = None, status: int = 200
) -> HttpResponse:
    stuck = OutgoingMail.objects.exclude(failed_at=None).select_related("brand")
    waiting = OutgoingMail.objects.filter(failed_at=None, tries__gt=0)
    context = {
        "area": "administration",
        "section": "administration-mail",
        "form": form,
        "sender": sender,
        "senders": Sender.choices,
        "elsewhere": settings.EMAIL_BACKEND if _is_elsewhere() else "",
        "fixed": mail_senders.of_environment(),
        "is_on": mails.is_on(),
        "answer": answer,
        "failed": row_pages.read(stuck, LAST_FAILED_FIRST, request=request, size=PAGE),
        "failed_count": stuck.count(),
        "waiting": waiting.order_by("due_at").first(),
        "waiting_count": waiting.count(),
    }
    return render(request, "administration/mail.html", context, status=status)
