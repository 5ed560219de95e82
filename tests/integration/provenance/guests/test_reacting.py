"""Signs of guests, and of the brand's people at what guests said."""

import pytest
from django.urls import reverse

from dam.audit.models import Event
from provenance.guests import reacting, remarks
from provenance.guests.links import GuestRefused
from provenance.guests.models import GuestLink
from provenance.review import comments, reactions
from provenance.review.models import Comment, Reaction
from provenance.review.reactions import ReactionRefused
from tests.integration.provenance.guests.conftest import Outside, inside
from tests.integration.provenance.web.room import HTMX, signed_in

pytestmark = pytest.mark.django_db


def house(outside: Outside, *, shown: bool) -> Comment:
    comment = comments.add(outside.case.version, by=outside.case.creator, body="Ours")
    Comment.objects.filter(pk=comment.pk).update(for_guests=shown)
    return comment


def read(outside: Outside) -> dict[str, list[tuple[str, str]]]:
    """What a guest reads: each with its signs and who gave them."""
    said = remarks.read_by_guests(outside.review, link=outside.link.pk)
    return {each.key: [(sign.kind, sign.who) for sign in each.signs if sign.count] for each in said}


def test_guests_react_to_what_they_read_and_take_it_back(outside: Outside) -> None:
    remark = remarks.say(outside.link, body="Lovely")
    comment = house(outside, shown=True)
    client = inside(outside.link)
    for key in (f"guest-{remark.pk}", f"house-{comment.pk}"):
        address = reverse("guest-react", args=[outside.link.key, key])
        assert client.post(address, {"on": "love"}).headers["Location"].endswith(f"#said-{key}")
        client.post(address, {"on": "love"})
        assert read(outside)[key] == [("love", str(outside.link))]
        client.post(address, {"off": "love"})
        assert read(outside)[key] == []
    assert Event.objects.filter(verb="guest.reacted").count() == 2


def test_what_they_dont_read_isnt_there_for_them(outside: Outside) -> None:
    private = house(outside, shown=False)
    answer = comments.add(outside.case.version, by=outside.case.creator, body="Inside", answers=private)
    unread = (f"house-{private.pk}", f"house-{answer.pk}", "guest-999999", "guest-" + "9" * 30)
    for key in (*unread, "house-x", "x"):
        with pytest.raises(ReactionRefused):
            reacting.give(outside.link, key, "like", on=True)
    assert not Reaction.objects.exists()


def test_reactions_inside_stay_inside(outside: Outside) -> None:
    comment = house(outside, shown=True)
    reactions.give(comment, "love", on=True, by=outside.case.creator)
    assert read(outside)[f"house-{comment.pk}"] == []
    page = inside(outside.link).get(reverse("guest-room", args=[outside.link.key])).content.decode()
    assert f"Heart: {outside.case.creator.user}" not in page


def test_the_brand_reacts_to_what_a_guest_said_and_they_see_it(outside: Outside) -> None:
    remark = remarks.say(outside.link, body="Lovely")
    address = reverse("guest-remark-react", args=[outside.case.brand.slug, outside.review.pk, remark.pk])
    sent = signed_in(outside.case.brand_reviewer).post(address, {"on": "like"}, headers=HTMX)
    assert f"Thumbs up: {outside.case.brand_reviewer.user}" in sent.content.decode()
    assert read(outside)[f"guest-{remark.pk}"] == [("like", str(outside.case.brand_reviewer.user))]


def test_a_link_that_only_watches_gives_none(outside: Outside) -> None:
    remark = remarks.say(outside.link, body="Lovely")
    GuestLink.objects.update(may="view")
    outside.link.refresh_from_db()
    with pytest.raises(GuestRefused):
        reacting.give(outside.link, f"guest-{remark.pk}", "like", on=True)
    client = inside(outside.link)
    client.post(reverse("guest-react", args=[outside.link.key, f"guest-{remark.pk}"]), {"on": "like"})
    assert not Reaction.objects.exists()


def test_the_brand_sees_guests_reactions_at_its_comments(outside: Outside) -> None:
    comment = house(outside, shown=True)
    reacting.give(outside.link, f"house-{comment.pk}", "done", on=True)
    page = signed_in(outside.case.creator).get(
        reverse("comments", args=[outside.case.brand.slug, outside.case.version.pk])
    )
    assert f"Check mark: {outside.link}" in page.content.decode()
