"""Following somebody through the review room: their playhead, their pointer and what they draw."""

import json
from typing import Any, NamedTuple
from uuid import UUID

import redis
from allauth.core import ratelimit
from asgiref.sync import sync_to_async
from django import forms
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Member
from dam.catalog.models import Version
from dam.core import events, leading, presence
from dam.core.leading import Lead
from dam.web import events as web_events
from dam.web.decorators import BrandRequest, requires
from provenance.review import drawings, queue

SLOWEST, FASTEST = 0.1, 16.0
_PLACES = 4  # decimals: a tenth of a pixel in 1,000


class StateForm(forms.Form):
    """What a page shows now; `x` and `y` from 0 to 1 across and down the picture, where it points."""

    frame = forms.IntegerField(min_value=0)
    playing = forms.BooleanField(required=False)
    rate = forms.FloatField(min_value=SLOWEST, max_value=FASTEST)
    x = forms.FloatField(min_value=0, max_value=1, required=False)
    y = forms.FloatField(min_value=0, max_value=1, required=False)
    drawing = forms.CharField(required=False)

    def clean_drawing(self) -> list[dict[str, Any]]:
        try:
            found = drawings.read(self.cleaned_data["drawing"])
        except drawings.DrawingRefused as refused:
            raise forms.ValidationError(refused.message) from refused
        return found["shapes"] if found else []

    def state(self, version: Version) -> dict[str, Any]:
        found = self.cleaned_data
        x, y = found["x"], found["y"]
        return {
            "frame": min(found["frame"], max(0, (version.frame_count or 1) - 1)),
            "playing": found["playing"],
            "rate": found["rate"],
            "pointer": None if x is None or y is None else [round(x, _PLACES), round(y, _PLACES)],
            "drawing": found["drawing"],
        }


@require_POST
@requires(Capability.VIEW_UNRELEASED)
def lead(request: BrandRequest, review_id: UUID) -> HttpResponse:
    """Take what the person shows now, or that they stop showing it: `stop=1`."""
    person, version = _in_room(request, review_id)
    if not ratelimit.consume(request, action="lead", user=person.user):
        return HttpResponse(status=429)
    shown = _lead_of(version, person.user.pk)
    form = StateForm(request.POST)
    try:
        if request.POST.get("stop"):
            changed = shown.stop()
        elif form.is_valid():
            changed = shown.tell(json.dumps(form.state(version)))
        else:
            raise BadRequest(_("This can't be shown to others."))
    except redis.RedisError:
        sentence = _("Others can't follow you right now. Try again in a moment.")
        return JsonResponse({"detail": sentence}, status=503)
    if changed:  # told as when somebody comes or goes: the same part of the page says both
        events.publish(brand_id=version.brand_id, name=presence.changed(str(version.pk)))
    return HttpResponse(status=204)


@require_safe
async def follow(request: BrandRequest, review_id: UUID, leader_id: int) -> StreamingHttpResponse:
    """What that person shows, until they stop."""
    version = await sync_to_async(_followed)(request, review_id)

    async def may_follow() -> bool:
        return await sync_to_async(web_events.still_sees)(request, version.pk)

    shown = _lead_of(version, leader_id)
    return web_events.streamed(leading.follow(shown, may_follow=may_follow))


class InRoom(NamedTuple):
    person: Member
    version: Version


def _followed(request: BrandRequest, review_id: UUID) -> Version:
    request.principal.require(Capability.VIEW_UNRELEASED)
    return _in_room(request, review_id).version


def _in_room(request: BrandRequest, review_id: UUID) -> InRoom:
    if not isinstance(request.principal, Member):  # programs look at nothing
        raise PermissionDenied(_("Sign in to open this page."))
    review = get_object_or_404(queue.visible_reviews(request.principal), pk=review_id)
    return InRoom(request.principal, review.version)


def _lead_of(version: Version, leader_id: int) -> Lead:
    return Lead(brand_id=version.brand_id, room=str(version.pk), person=f"member-{leader_id}")
