"""Comments that point at other clips: as the clip for those who see it, as nothing for everyone else."""

import csv
import io
import json
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from dam.accounts import times
from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.catalog.models import Asset, Version
from dam.notifications import following, inbox, lines
from dam.search.models import CommentText
from provenance.comment_pdfs import contents
from provenance.review import comments, corrections, importing, linking
from provenance.review.filtering import Filter
from provenance.review.models import Comment
from tests.factories import BrandFactory, RenditionFactory, VersionFactory, member, next_version
from tests.integration.provenance.web import panel
from tests.integration.provenance.web.room import signed_in
from tests.integration.provenance.web.test_comment_export import fetched, text
from tests.review_factory import Case

pytestmark = pytest.mark.django_db
HIDDEN = "A clip you can&#39;t open"


def clip(case: Case, title: str = "Bottle, blue", **fields: Any) -> Version:
    version: Version = VersionFactory.create(
        asset__brand=case.brand, asset__title=title, duration_ms=8000, **fields
    )
    return version


def address(version: Version, query: str = "") -> str:
    page = reverse("asset", args=[version.brand.slug, version.asset_id])
    return f"{settings.PUBLIC_URL}{page}{query}"


def listed(case: Case, person: Member | None = None) -> str:
    page = signed_in(person or case.creator).get(reverse("comments", args=[case.brand.slug, case.version.pk]))
    return str(page.content.decode())


def add(case: Case, body: str, **fields: Any) -> Comment:
    return comments.add(case.version, by=case.creator, body=body, **fields)


def test_a_clip_is_shown_with_title_picture_kind_version_and_moment() -> None:
    case, other = Case(), None
    other = clip(case)
    RenditionFactory.create(version=other)
    add(case, f"Use {address(other, '?version=1&t=4.5')} instead")
    page = listed(case)
    there = reverse("asset", args=[case.brand.slug, other.asset_id])
    assert f'href="{there}?version=1&amp;t=4.500"' in page
    assert "Bottle, blue" in page
    assert f"/files/{other.pk}/poster?" in page
    assert "Video · Version 1 · " in page
    assert ">0:04<" in page
    assert '<p class="prewrap" dir="auto">Use <a' in page
    assert "</a> instead</p>" in page
    assert settings.PUBLIC_URL + there not in page.split("<textarea")[0]


@pytest.mark.parametrize("gone", ["trashed", "elsewhere", "nowhere", "no such version", "deleted"])
def test_a_clip_that_its_reader_does_not_see_says_nothing_of_itself(gone: str) -> None:
    case = Case()
    other = clip(case, "Secret title")
    query = ""
    if gone == "trashed":
        Asset.objects.filter(pk=other.asset_id).update(trashed_at=timezone.now())
    elif gone == "elsewhere":
        other = VersionFactory.create(asset__brand=BrandFactory.create(), asset__title="Secret title")
    elif gone == "no such version":
        query = "?version=7"
    written = address(other, query)
    if gone == "nowhere":
        written = written.replace(str(other.asset_id), "0b6a1c9e-6a55-4d7c-8a77-2f1f3d1f8e01")
    add(case, f"Use {written} instead")
    if gone == "deleted":
        Asset.objects.filter(pk=other.asset_id).update(latest=None, released=None)
    page = listed(case, case.brand_reviewer)
    assert f'Use <span class="clip-hidden">{HIDDEN}</span> instead' in page
    assert "Secret title" not in page
    assert str(other.asset_id) not in page
    assert Comment.objects.get().body == f"Use {written} instead"


def test_whoever_sees_no_drafts_reads_neither_comments_nor_clips() -> None:
    case = Case()
    other = clip(case)
    seen = linking.clips([address(other)], to=member(case.brand, Role.VIEWER))
    assert seen.plain(address(other)) == "A clip you can't open"
    assert linking.clips([address(other)], to=None).parts(address(other))[0].hidden


def test_other_addresses_stay_words() -> None:
    case = Case()
    body = f"javascript:alert(1) https://evil.example/b/x/assets/{case.version.asset_id}/ <b>"
    add(case, body)
    page = listed(case)
    assert "clip-link" not in page
    assert "javascript:alert(1) https://evil.example/" in page
    assert "&lt;b&gt;" in page


def test_a_title_is_only_ever_text() -> None:
    case = Case()
    add(case, address(clip(case, "<script>alert(1)</script>")))
    assert "<script>alert(1)" not in listed(case)


def test_a_comment_links_ten_clips_at_most() -> None:
    case = Case()
    other = clip(case)
    written = address(other)
    assert add(case, " ".join([written] * 10)).pk
    with pytest.raises(comments.CommentRefused, match="This one links 11"):
        add(case, " ".join([written] * 11))
    response = panel.comment(case, case.creator, body=" ".join([written] * 11))
    assert response.status_code == 422
    assert "up to 10 clips" in response.content.decode()
    first = add(case, "Look")
    with pytest.raises(comments.CommentRefused, match="up to 10 clips"):
        corrections.edit(first, by=case.creator, body=" ".join([written] * 11))


def test_what_was_copied_under_another_name_of_the_site_is_kept_under_its_own() -> None:
    case = Case()
    other = clip(case)
    here = address(other, "?t=2").replace(settings.PUBLIC_URL, "http://testserver")
    panel.comment(case, case.creator, body=f"Use {here}")
    mine = Comment.objects.get()
    assert mine.body == f"Use {address(other, '?t=2')}"
    edit = reverse("comment-edit", args=[case.brand.slug, mine.pk])
    signed_in(case.creator).post(edit, {"body": f"Rather {here}"})
    mine.refresh_from_db()
    assert mine.body == f"Rather {address(other, '?t=2')}"


def test_many_comments_with_clips_cost_as_many_queries_as_one(
    django_assert_num_queries: Any,
) -> None:
    case = Case()
    said = [address(clip(case, f"Clip {number}")) for number in range(5)]
    with django_assert_num_queries(2):
        linking.clips(said[:1], to=case.creator)
    with django_assert_num_queries(2):
        linking.clips(said, to=case.creator)
    with django_assert_num_queries(0):
        linking.clips(["No clip"], to=case.creator)


def test_a_link_goes_on_with_the_newest_version_unless_it_names_one() -> None:
    case = Case()
    other = clip(case)
    newer = next_version(other)
    Asset.objects.filter(pk=other.asset_id).update(latest=newer)
    written = f"{address(other)} {address(other, '?version=1')}"
    seen = linking.clips([written], to=case.creator).of(written)
    assert [each.version.number for each in seen] == [2, 1]


def test_a_moment_past_the_end_is_none() -> None:
    case = Case()
    other = clip(case)
    written = address(other, "?t=8.5")
    (shown,) = linking.clips([written], to=case.creator).of(written)
    assert (shown.at_ms, shown.address) == (None, reverse("asset", args=[case.brand.slug, other.asset_id]))


def test_search_does_not_find_keys() -> None:
    case = Case()
    add(case, f"Use the bottle of {address(clip(case))}")
    assert CommentText.objects.get().text == "Use the bottle of"


def test_files_say_title_and_address_to_those_who_see_the_clip() -> None:
    case = Case()
    other, gone = clip(case, "Bottle"), clip(case, "Secret")
    Asset.objects.filter(pk=gone.asset_id).update(trashed_at=timezone.now())
    add(case, f"Use {address(other)} not {address(gone)}", frame=3)
    row = next(csv.DictReader(io.StringIO(text(fetched(case, "csv")).removeprefix("\ufeff"))))
    assert row["comment"] == f"Use {address(other)} not A clip you can't open"
    assert row["links"] == f"Bottle: {address(other)}"
    clips = json.loads(text(fetched(case, "otio")))["tracks"]["children"][0]["children"]
    (marker,) = clips[0]["markers"]
    assert marker["comment"] == (f"Use “Bottle” ({address(other)}) not A clip you can't open")
    found = contents.read(case.version, Filter(), for_guests=False)
    said = contents.threads(case.version, found, {}, zone=times.of_brand(case.brand), reader=case.creator)
    assert next(said).first.words == f"Use “Bottle” ({address(other)}) not A clip you can't open"


def test_files_for_people_outside_say_nothing_of_clips() -> None:
    case = Case()
    add(case, f"Use {address(clip(case, 'Bottle'))}")
    Comment.objects.update(for_guests=True)
    found = contents.read(case.version, Filter(), for_guests=True)
    said = contents.threads(case.version, found, {}, zone=times.of_brand(case.brand), reader=case.creator)
    assert next(said).first.words == "Use A clip you can't open"


def test_what_a_file_said_is_known_again() -> None:
    case = Case()
    other = clip(case, "Bottle")
    add(case, f"Use {address(other)}", frame=3)
    standing = importing.Standing(case.version, to=case.creator)
    remark = importing.Remark(3, None, f"Use “Bottle” ({address(other)})")
    assert standing.sort([remark]) == ([], [remark])


def told(case: Case, body: str) -> inbox.Told:
    comments.add(case.version, by=case.brand_reviewer, body=body)
    following.run_all()
    (found,) = inbox.told(inbox.readable(case.creator).filter(kind="commented"), to=case.creator)
    return found


def test_notifications_name_the_clip_and_mails_have_its_address() -> None:
    case = Case()
    other = clip(case, "Bottle")
    line = lines.Line(told(case, f"Use {address(other, '?t=2')}"))
    assert line.excerpt == "Use “Bottle”"
    assert line.links == (("Bottle", address(other, "?t=2.000")),)


def test_notifications_of_a_hidden_clip_say_nothing_of_it() -> None:
    case = Case()
    other = clip(case, "Secret")
    Asset.objects.filter(pk=other.asset_id).update(trashed_at=timezone.now())
    line = lines.Line(told(case, f"Use {address(other)}"))
    assert (line.excerpt, line.links) == ("Use A clip you can't open", ())


def test_clips_are_offered_by_their_titles_to_those_who_comment() -> None:
    case = Case()
    blue, _red = clip(case, "Bottle, blue"), clip(case, "Can, red")
    RenditionFactory.create(version=blue)
    VersionFactory.create(asset__brand=BrandFactory.create(), asset__title="Bottle of others")
    Asset.objects.filter(pk=clip(case, "Bottle, trashed").asset_id).update(trashed_at=timezone.now())
    client = signed_in(case.creator)
    page = reverse("comment-clips", args=[case.brand.slug])
    (offer,) = client.get(page, {"q": "bott"}).json()["clips"]
    assert (offer["title"], offer["kind"], offer["address"]) == ("Bottle, blue", "Video", address(blue))
    assert f"/files/{blue.pk}/poster?" in offer["picture"]
    newest = [each["title"] for each in client.get(page).json()["clips"]]
    assert newest[:2] == ["Can, red", "Bottle, blue"]
    assert client.get(page, {"q": "x" * 5000}).json() == {"clips": []}
    assert signed_in(member(case.brand, Role.VIEWER)).get(page).status_code == 403
