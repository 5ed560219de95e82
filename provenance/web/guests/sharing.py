"""For people of the brand: asking somebody from outside to a review, the links, and what guests said."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dam.accounts import mails
from dam.accounts.capabilities import Capability
from dam.accounts.times import here
from dam.core import failures
from dam.web import htmx, row_pages
from dam.web.decorators import BrandRequest, requires
from provenance.guests import copies, erasing, gate, links, remarks, rules
from provenance.guests.models import CopyState, GuestAdvice, GuestLink, GuestRemark, GuestSession
from provenance.guests.rules import ADVICE_TITLES, MAY_TITLES, Advice, May, Standing
from provenance.review import queue
from provenance.review.models import Review
from provenance.web import drawn, review_comments
from provenance.web.guests import frame
from provenance.web.guests.forms import ShareForm

PAGE = 50
SHOWN_VIEWS = 10  # of a link; the page says how many more there are


@dataclass(frozen=True)
class Row:
    link: GuestLink
    may: str
    standing: Standing
    views: list[GuestSession]
    more: int
    failure: str

    @property
    def is_open(self) -> bool:
        return self.link.ended_at is None and self.standing is not Standing.EXPIRED


@dataclass(frozen=True)
class Advised:
    advice: GuestAdvice
    title: str
    icon: str


ICONS = {Advice.APPROVE: "circle-check", Advice.CHANGES: "message-circle-warning", Advice.REJECT: "circle-x"}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.VIEW_UNRELEASED)
def page(request: BrandRequest, review_id: UUID) -> HttpResponse:
    """The links of a review, and the form for another."""
    review = review_of(request, review_id)
    links.require_may_share(request.principal, brand=request.brand)
    if request.method != "POST":
        return _page(request, review, ShareForm(kind=review.version.kind))
    form = ShareForm(request.POST, kind=review.version.kind)
    if form.is_valid() and not frame.may_try(
        request, "guest_invite", key=f"{request.user.pk} {request.brand.pk}"
    ):
        form.add_error(None, _("You asked many people in a short time. Wait an hour, then go on."))
    if form.is_valid():
        given = dict(form.cleaned_data)
        try:
            link = links.create(review, by=request.principal, **{**given, "may": May(given["may"])})
        except links.GuestRefused as refused:
            form.add_error(refused.field or None, refused.message)
        else:
            return _shared(request, review, link)
    return _page(request, review, form, status=422)


@require_POST
@never_cache
@requires(Capability.VIEW_UNRELEASED)
def again(request: BrandRequest, review_id: UUID, link_id: int) -> HttpResponse:
    """Another link in the place of the one that was lost; and another try at a copy that failed."""
    review, link = _link(request, review_id, link_id)
    if not frame.may_try(request, "guest_again", key=str(link.pk)):
        messages.error(request, _("This link was sent several times just now. Wait an hour, then try again."))
        return redirect("review-guests", request.brand.slug, review.pk)
    try:
        links.send_again(link, by=request.principal)
    except links.GuestRefused as refused:
        messages.error(request, refused.message)
        return redirect("review-guests", request.brand.slug, review.pk)
    copies.again(link.copy, at=timezone.now())
    return _shared(request, review, link)


@require_POST
@requires(Capability.VIEW_UNRELEASED)
def revoke(request: BrandRequest, review_id: UUID, link_id: int) -> HttpResponse:
    review, link = _link(request, review_id, link_id)
    try:
        links.revoke(link, by=request.principal)
    except links.GuestRefused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("The link for %(name)s was revoked.") % {"name": link.name})
    return redirect("review-guests", request.brand.slug, review.pk)


@require_POST
@requires(Capability.MANAGE_PEOPLE)
def erase(request: BrandRequest, review_id: UUID, link_id: int) -> HttpResponse:
    """Forget who it was, in every link of this address in the brand."""
    review, link = _link(request, review_id, link_id)
    erasing.erase(link, by=request.principal)
    messages.success(request, _("Their name and address were removed, and their links have ended."))
    return redirect("review-guests", request.brand.slug, review.pk)


@require_safe
@requires(Capability.VIEW_UNRELEASED)
def said(request: BrandRequest, review_id: UUID) -> HttpResponse:
    """What guests said of a review and what they recommend: a piece of the room, or a page of its own."""
    return piece(request, review_of(request, review_id))


@require_POST
@requires(Capability.COMMENT, Capability.VIEW_UNRELEASED)
def answer(request: BrandRequest, review_id: UUID, remark_id: int) -> HttpResponse:
    review = review_of(request, review_id)
    remark = get_object_or_404(
        GuestRemark.objects.select_related("review__brand", "review__version__asset"),
        pk=remark_id,
        review=review,
        parent=None,
    )
    words = request.POST.get("body", "")
    try:
        remarks.answer(remark, by=request.principal, body=words)
    except links.GuestRefused as refused:
        return piece(request, review, refused=(remark.pk, words, refused.message), status=422)
    if htmx.is_htmx(request):
        return piece(request, review)
    return redirect("review", request.brand.slug, review.pk)


@require_POST
@requires(Capability.COMMENT, Capability.VIEW_UNRELEASED)
def show(request: BrandRequest, comment_id: int) -> HttpResponse:
    """Let guests read a comment of the brand (`shown=yes`), or no longer."""
    comment = review_comments.find(request, comment_id)
    remarks.show(comment, by=request.principal, shown=request.POST.get("shown") == "yes")
    return review_comments.answer_with(request, comment.version, keep_typed=True)


def piece(
    request: BrandRequest,
    review: Review,
    *,
    refused: tuple[int, str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    said = remarks.of_guests(review, to=request.principal)
    open_to_answers = {each.remark for each in said if not each.deleted}
    context = {
        "review": review,
        "version": review.version,
        "said": said,
        "drawings": drawn.of_said(said, review.version),
        "may_react": request.principal.can(Capability.COMMENT),
        "sign_target": "#guests-said",
        "advice": [
            Advised(each, _(ADVICE_TITLES[Advice(each.kind)]), ICONS[Advice(each.kind)])
            for each in remarks.standing_advice(review)
        ],
        "open_links": links.of_review(review).filter(ended_at=None, expires_at__gt=timezone.now()).count(),
        "may_share": links.may_share(request.principal),
        "refused_remark": refused[0] if refused else None,
        "refused_words": refused[1] if refused else "",
        "refused_why": refused[2] if refused else "",
        "unsaved": refused if refused and refused[0] not in open_to_answers else None,
    }
    if htmx.is_htmx(request):
        return render(request, "guests/_said.html", context, status=status)
    return render(request, "review/part.html", {**context, "part": "guests/_said.html"}, status=status)


def _shared(request: BrandRequest, review: Review, link: GuestLink) -> HttpResponse:
    """Where mails reach nobody the link is shown, this once."""
    if mails.is_on():
        messages.success(request, _("The link is on its way to %(email)s.") % {"email": link.email})
        return redirect("review-guests", request.brand.slug, review.pk)
    try:
        secret = links.new_secret(link)
    except links.GuestRefused as refused:
        messages.error(request, refused.message)
        return redirect("review-guests", request.brand.slug, review.pk)
    address = f"{settings.PUBLIC_URL}{reverse('guest-open', args=[secret])}"
    return _page(request, review, ShareForm(kind=review.version.kind), made=link, address=address)


def _page(
    request: BrandRequest, review: Review, form: ShareForm, *, status: int = 200, **more: object
) -> HttpResponse:
    at = here(request.brand)
    last = Prefetch("sessions", GuestSession.objects.all()[:SHOWN_VIEWS], to_attr="last_views")
    every = links.of_review(review).prefetch_related(last).annotate(views=Count("sessions"))
    shown = row_pages.read(every, row_pages.NEWEST_FIRST, request=request, size=PAGE)
    context = {
        "area": "review",
        "review": review,
        "version": review.version,
        "asset": review.version.asset,
        "form": form,
        "page": shown,
        "rows": [_row(link, rules.standing(link.facts, at=at)) for link in shown.rows],
        "mail_is_on": mails.is_on(),
        "may_manage": request.principal.can(Capability.MANAGE_BRAND),
        "may_erase": request.principal.can(Capability.MANAGE_PEOPLE),
        **more,
    }
    return render(request, "guests/sharing.html", context, status=status)


def _row(link: GuestLink, standing: Standing) -> Row:
    copy = link.copy
    return Row(
        link=link,
        may=_(MAY_TITLES[May(link.may)]),
        standing=standing,
        views=link.last_views,  # type: ignore[attr-defined]
        more=max(0, link.views - SHOWN_VIEWS),  # type: ignore[attr-defined]
        failure=failures.shown(copy.reason) if copy.state == CopyState.FAILED else "",
    )


def review_of(request: BrandRequest, review_id: UUID) -> Review:
    return get_object_or_404(queue.visible_reviews(request.principal), pk=review_id)


def _link(request: BrandRequest, review_id: UUID, link_id: int) -> tuple[Review, GuestLink]:
    review = review_of(request, review_id)
    links.require_may_share(request.principal, brand=request.brand)
    return review, get_object_or_404(gate.links(), pk=link_id, review=review)
