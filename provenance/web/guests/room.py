"""The guest's room: what was made for them to watch, what is said of it, and what they recommend."""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from http import HTTPStatus
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dam.captions import tracks
from dam.captions.models import CaptionTrack
from dam.catalog.models import AssetKind, RenditionKind
from dam.core import failures
from dam.core.lazily import lazy
from dam.delivery import streaming
from dam.media.caption_files import Format
from dam.web import captions as caption_files
from dam.web import files as masters
from dam.web import player_captions
from provenance.attachments import files
from provenance.attachments.files import AttachmentRefused, Sender
from provenance.guests import copies, corrections, door, links, reacting, remarks
from provenance.guests.gate import Visitor
from provenance.guests.models import CopyState, GuestAdvice, GuestLink, GuestSession, MarkedCopy
from provenance.guests.remarks import Said
from provenance.guests.rules import ADVICE_TITLES, Advice, May
from provenance.review import corrections as of_members
from provenance.review import reactions
from provenance.web import drawn, sent_files
from provenance.web.guests import frame
from provenance.web.guests.forms import AdviceForm
from provenance.web.guests.frame import GuestRequest, guest_view
from provenance.web.review_forms import CommentForm

REFUSED = 422
TOO_OFTEN = lazy("That was a lot in a short time. Wait a few minutes, then send it again.")


@require_safe
@guest_view
def room(request: GuestRequest) -> HttpResponse:
    return _page(request)


@require_safe
@guest_view
def state(request: GuestRequest) -> HttpResponse:
    """How far the copy is; once it is there the page loads itself again."""
    context = _stage(request.visitor)
    response = render(request, "guests/_stage.html", context)
    if context["ready"]:
        response.headers["HX-Refresh"] = "true"
    return response


@require_safe
@guest_view
def video(request: GuestRequest) -> HttpResponseBase:
    """The marked copy, or the range of it that is asked for. There is no other file here."""
    response = _file(request)
    if streaming.sends(request, response):
        GuestSession.objects.filter(pk=request.visitor.session.pk).update(played_at=timezone.now())
    return response


@require_safe
@guest_view
def waveform(request: GuestRequest) -> HttpResponseBase:
    """What a sound looks like along its time. Of what has pictures there is the marked copy alone."""
    version = request.visitor.link.version
    poster = version.rendition_by_kind.get(RenditionKind.POSTER)
    if (
        version.kind != AssetKind.SOUND
        or poster is None
        or request.visitor.link.copy.state != CopyState.READY
    ):
        return frame.gone(request)
    try:
        return streaming.respond(
            request,
            key=poster.storage_key,
            sha256=poster.sha256,
            size=poster.size or 0,
            content_type=poster.content_type,
        )
    except FileNotFoundError:
        return frame.gone(request)


@require_safe
@guest_view
def captions(request: GuestRequest, language: str) -> HttpResponseBase:
    """What is read along in the player, as WebVTT."""
    try:
        return caption_files.respond(
            request, request.visitor.link.version, language=language, form=Format.VTT
        )
    except Http404:
        return frame.gone(request)


@require_safe
@guest_view
def download(request: GuestRequest) -> HttpResponseBase:
    """The same as a file, where the link says so."""
    link = request.visitor.link
    if not link.may_download:
        return frame.gone(request)
    name = masters.save_as(link.version, link.copy.storage_key)
    response = _file(request, save_as=name)
    if streaming.sends(request, response):
        links.record_download(link, at=timezone.now())
    return response


@require_POST
@guest_view
def comment(request: GuestRequest) -> HttpResponse:
    form, link = CommentForm(request.POST), request.visitor.link
    if form.is_valid() and _may_say(request, form):
        try:
            remarks.require(link, May.COMMENT)  # before any file is kept
            first, last = form.place()
            remark = remarks.say(
                link,
                body=form.cleaned_data["body"],
                frame=first,
                end_frame=last,
                drawing=form.cleaned_data["drawing"],
                attached=sent_files.sent(request, form, link.version, by=Sender(link=link.pk)),
            )
        except (AttachmentRefused, links.GuestRefused) as refused:
            form.add_error("body", refused.message)
        else:
            return redirect(_to(request, f"said-guest-{remark.pk}"))
    return _page(request, remark_form=form, status=REFUSED)


@require_POST
@guest_view
def edit(request: GuestRequest, remark_id: int) -> HttpResponse:
    """Put other words in the place of their own; refused ones come back with what was typed."""
    words = request.POST.get("body", "")
    return _changed(
        request,
        remark_id,
        lambda link: corrections.edit(link, remark_id, body=words),
        refused=lambda message: _page(request, edited=(remark_id, words, message), status=REFUSED),
    )


@require_POST
@guest_view
def reply(request: GuestRequest, remark_id: int) -> HttpResponse:
    """Say something under what they or another guest said; refused words come back."""
    words = request.POST.get("body", "")
    return _changed(
        request,
        remark_id,
        lambda link: remarks.reply(link, remark_id, body=words),
        refused=lambda message: _page(request, replied=(remark_id, words, message), status=REFUSED),
    )


@require_POST
@guest_view
def delete(request: GuestRequest, remark_id: int) -> HttpResponse:
    return _changed(request, remark_id, lambda link: corrections.delete(link, remark_id))


@require_POST
@guest_view
def restore(request: GuestRequest, remark_id: int) -> HttpResponse:
    return _changed(request, remark_id, lambda link: corrections.restore(link, remark_id))


def _changed(
    request: GuestRequest,
    remark_id: int,
    change: Callable[[GuestLink], object],
    *,
    refused: Callable[[str], HttpResponse] | None = None,
) -> HttpResponse:
    """`refused` is the page that gives back what was typed, with why."""
    link = request.visitor.link
    try:
        if not frame.may_try(request, "guest_say", key=str(link.pk)):
            raise links.GuestRefused(TOO_OFTEN)
        change(link)
    except links.GuestRefused as problem:
        if refused is not None:
            return refused(problem.message)
        return _page(request, problem=problem.message, status=REFUSED)
    return redirect(_to(request, f"said-guest-{remark_id}"))


@require_POST
@guest_view
def attach(request: GuestRequest) -> HttpResponse:
    """Take one file for a comment that they are writing; answered as sent_files.received does."""
    link = request.visitor.link
    if refusal := remarks.refusal(link, May.COMMENT):
        return sent_files.refused(refusal)
    if not frame.may_try(request, "guest_attach", key=str(link.pk)):
        return sent_files.refused(_("That was a lot in a short time. Wait a few minutes, then try again."))
    remove = reverse("guest-attachment-remove", args=[link.key, sent_files.ANY])
    return sent_files.received(request, link.version, by=Sender(link=link.pk), remove=remove)


@require_POST
@guest_view
def unattach(request: GuestRequest, attachment_id: UUID) -> HttpResponse:
    """Remove a file that they haven't sent with a comment yet."""
    if not files.discard_draft(attachment_id, by=Sender(link=request.visitor.link.pk)):
        return frame.gone(request)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_safe
@guest_view
def attachment(request: GuestRequest, attachment_id: UUID) -> HttpResponseBase:
    """A file at something they read, to be saved."""
    found = remarks.attachment(request.visitor.link, attachment_id)
    return sent_files.download(request, found) or frame.gone(request)


@require_safe
@guest_view
def attachment_preview(request: GuestRequest, attachment_id: UUID) -> HttpResponseBase:
    found = remarks.attachment(request.visitor.link, attachment_id)
    return sent_files.shown(request, found) or frame.gone(request)


@require_POST
@guest_view
def react(request: GuestRequest, said: str) -> HttpResponse:
    """Give a sign to what they read (`on`), or take it back (`off`)."""
    given = request.POST.get("on", "")
    link = request.visitor.link
    if frame.may_try(request, "guest_react", key=str(link.pk)):
        with suppress(links.GuestRefused, reactions.ReactionRefused):  # the page says what they may
            reacting.give(link, said, given or request.POST.get("off", ""), on=bool(given))
    return redirect(_to(request, f"said-{said}"))


@require_POST
@guest_view
def recommend(request: GuestRequest) -> HttpResponse:
    form = AdviceForm(request.POST)
    if form.is_valid() and _may_say(request, form):
        try:
            remarks.recommend(request.visitor.link, kind=form.kind, words=form.cleaned_data["words"])
        except links.GuestRefused as refused:
            form.add_error("words", refused.message)
        else:
            return redirect(_to(request, "recommendation"))
    return _page(request, advice_form=form, status=REFUSED)


@require_POST
@guest_view
def leave(request: GuestRequest) -> HttpResponse:
    link = request.visitor.link
    door.leave(request.visitor.session, at=timezone.now())
    response = frame.let_out(redirect("guest-door", link.key), link)
    return frame.end_list(request, response, at=timezone.now())


def _may_say(request: GuestRequest, form: CommentForm | AdviceForm) -> bool:
    if frame.may_try(request, "guest_say", key=str(request.visitor.link.pk)):
        return True
    form.add_error("body" if isinstance(form, CommentForm) else "words", TOO_OFTEN)
    return False


def _to(request: GuestRequest, place: str) -> str:
    return f"{reverse('guest-room', args=[request.visitor.link.key])}#{place}"


def _file(request: GuestRequest, *, save_as: str = "") -> HttpResponseBase:
    copy = request.visitor.link.copy
    if copy.state != CopyState.READY:
        return frame.gone(request)
    try:
        return streaming.respond(
            request,
            key=copy.storage_key,
            sha256=copy.sha256,
            size=copy.size or 0,
            content_type=copy.content_type,
            save_as=save_as,
        )
    except FileNotFoundError:
        copies.missed(copy)
        return frame.gone(request)


def _captions(visitor: Visitor, track: CaptionTrack) -> str:
    return reverse("guest-captions", args=[visitor.link.key, track.language])


def _stage(visitor: Visitor) -> dict[str, object]:
    link = visitor.link
    copy: MarkedCopy = link.copy
    return {
        "link": link,
        "version": link.version,
        "copy": copy,
        "player_captions": player_captions.told(
            tracks.listed(link.version), lambda each: _captions(visitor, each)
        ),
        "poster": link.version.rendition_by_kind.get(RenditionKind.POSTER),
        "ready": copy.state == CopyState.READY,
        "failed": copy.state == CopyState.FAILED,
        "reason": failures.shown(copy.reason) if copy.reason else "",
    }


def _page(
    request: GuestRequest,
    *,
    remark_form: CommentForm | None = None,
    advice_form: AdviceForm | None = None,
    edited: tuple[int, str, str] | None = None,
    replied: tuple[int, str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    link = request.visitor.link
    version = link.version
    said = remarks.read_by_guests(link.review, link=link.pk)
    own = GuestAdvice.objects.filter(link=link).first()
    context = {
        **_stage(request.visitor),
        "guest_key": link.key,
        "changeable": (changeable := _changeable(link, said)),
        "edited": edited,
        "unsaved": edited
        if edited and not any(each.remark == edited[0] in changeable and not each.deleted for each in said)
        else None,
        "replied": replied,
        "problem": problem,
        "said": said,
        "markers": json.dumps(
            [_marker(each) for each in said if each.frame is not None and not each.deleted]
        ),
        "newer": version.asset.latest_id != version.pk,
        "may_comment": link.allows(May.COMMENT),
        "comment_refusal": (refusal := remarks.refusal(link, May.COMMENT)),
        "may_react": link.allows(May.COMMENT) and not refusal,
        "remark_form": remark_form or CommentForm(),
        "drawings": drawn.of_said(said, version),
        "draws": link.allows(May.COMMENT) and not refusal and version.kind != AssetKind.SOUND,
        **sent_files.limits(),
        "may_recommend": link.allows(May.RECOMMEND),
        "recommend_refusal": remarks.refusal(link, May.RECOMMEND),
        "advice_form": advice_form or AdviceForm(),
        "own_advice": own,
        "own_advice_title": _(ADVICE_TITLES[Advice(own.kind)]) if own else "",
    }
    return render(request, "guests/room.html", context, status=status)


def _changeable(link: GuestLink, said: Sequence[Said]) -> set[int]:
    """What of it they can still edit, delete or bring back."""
    if remarks.refusal(link, May.COMMENT):
        return set()
    bounds, over = of_members.bounds(link.version), timezone.now() - corrections.UNDO_FOR
    own = [
        each
        for each in said
        if each.mine and each.remark is not None and (each.deleted_at is None or each.deleted_at > over)
    ]
    return {each.remark or 0 for each in own if not corrections.refusal(each.at, bounds)}


def _marker(said: Said) -> dict[str, object]:
    return {
        "id": said.key,
        "frame": said.frame,
        "end": said.end_frame,
        "text": f"{said.by}: {said.body[:120] or (_('Drawing') if said.drawing else _('Attached file'))}",
    }
