"""Outside reviewers of images and of sound: what is made for them, and what they see and say."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.urls import reverse
from PIL import Image

from dam.catalog.models import AssetKind, Rendition, RenditionKind, Version
from dam.core import storage
from dam.media import marking, runner, specs
from provenance.guests import copies, links, remarks
from provenance.guests.links import GuestRefused
from provenance.guests.models import CopyState, GuestLink, GuestRemark, MarkedCopy
from provenance.guests.rules import May
from provenance.manifests import verify
from provenance.manifests.validation_codes import State
from provenance.review import reviews
from tests import media_factory, rubric
from tests.integration.provenance.guests.conftest import Outside, inside, invite

pytestmark = pytest.mark.django_db
SHOWN = {AssetKind.STILL: RenditionKind.PICTURE, AssetKind.SOUND: RenditionKind.SOUND}


def picture(path: Path) -> Path:
    Image.new("RGB", (640, 400), (90, 120, 60)).save(path, quality=90)
    return path


def sound(path: Path) -> Path:
    """As every browser plays it."""
    film = media_factory.movie(path.with_name("film.mp4"), sound=True)
    runner.convert_sound(film, path, info=runner.probe(film), spec=specs.LISTEN)
    return path


def kept(case: Any, kind: AssetKind, folder: Path) -> None:
    """The clip is of this kind, with a master and what pages show of it."""
    made = picture(folder / "picture.webp") if kind is AssetKind.STILL else sound(folder / "sound.m4a")
    shown = storage.put(made, brand_id=case.brand.pk, suffix=made.suffix)
    master = folder / "master.png"
    if kind is AssetKind.STILL:
        Image.new("RGB", (3000, 1875), (90, 120, 60)).save(master)
    else:
        master = made
    stored = storage.put(master, brand_id=case.brand.pk, suffix=master.suffix)
    Version.objects.filter(pk=case.version.pk).update(
        kind=kind,
        storage_key=stored.key,
        sha256=stored.sha256,
        size=stored.size,
        duration_ms=None if kind is AssetKind.STILL else 2_000,
        media_info={"width": 3000} if kind is AssetKind.STILL else {},
    )
    Rendition.objects.filter(version=case.version).update(
        kind=SHOWN[kind], storage_key=shown.key, sha256=shown.sha256, size=shown.size
    )
    case.version = Version.objects.select_related("asset__brand", "brand").get(pk=case.version.pk)


@pytest.fixture(params=[AssetKind.STILL, AssetKind.SOUND])
def asked(request: Any, outside: Outside, tmp_path: Path) -> Outside:
    """A review of an image, or of a sound, to which Ada was asked; nobody has made her copy yet."""
    case = outside.case
    reviews.withdraw(outside.review, by=case.creator)
    kept(case, request.param, tmp_path)
    review = case.submit()
    link = invite(case, review)
    MarkedCopy.objects.filter(link=link).update(
        state=CopyState.WAITING, storage_key="", sha256="", size=None, due_at=None
    )
    return Outside(case, review, link)


def made(asked: Outside) -> MarkedCopy:
    copies.run(asked.link.copy.pk)
    copy = MarkedCopy.objects.get(link=asked.link)
    assert (copy.state, copy.reason) == (CopyState.READY, "")
    return copy


def test_a_copy_is_made_and_only_that_is_sent(asked: Outside) -> None:
    copy = made(asked)
    still = asked.case.version.kind == AssetKind.STILL
    assert copy.content_type == ("image/jpeg" if still else "audio/mp4")
    assert copy.sha256 != Rendition.objects.get(version=asked.case.version).sha256
    client = inside(asked.link)
    answer = client.get(reverse("guest-video", args=[asked.link.key]))
    assert (answer.status_code, answer["Content-Type"]) == (200, copy.content_type)
    page = client.get(reverse("guest-room", args=[asked.link.key])).content.decode()
    assert ("reel-picture" in page, "No mark can be heard in this sound" in page) == (still, not still)
    assert ("data-frame-field" in page) == (not still)
    assert client.get(reverse("guest-file", args=[asked.link.key])).status_code == 404


def test_the_name_is_in_the_picture(tmp_path: Path) -> None:
    plain, marked = picture(tmp_path / "plain.webp"), tmp_path / "marked.jpg"
    size = marking.picture(plain, marked, lines=["Ada", "ada@agency.example"], told=lambda done: None)
    assert (size.width, size.height) == (640, 400)
    one, other = (np.asarray(Image.open(path).convert("L"), int) for path in (plain, marked))
    apart = abs(one - other)
    assert min(apart[:200, :320].mean(), apart[200:, 320:].mean()) > 1


def test_a_sound_is_the_same_to_the_ear_and_says_whose_it_is_in_a_tag(tmp_path: Path) -> None:
    plain, named = sound(tmp_path / "plain.m4a"), tmp_path / "named.m4a"
    marking.sound(plain, named, name="Ada Example", told=lambda done: None)
    assert b"Ada Example" in named.read_bytes()
    one, other = (tmp_path / name for name in ("one.pcm", "other.pcm"))
    for path, out in ((plain, one), (named, other)):
        runner.sound(path, out, info=runner.probe(path))
    assert one.read_bytes() == other.read_bytes()


def test_what_can_be_downloaded_is_signed(asked: Outside, settings: Any, tmp_path: Path) -> None:
    settings.SIGNING_DIR = tmp_path / "signing"
    GuestLink.objects.update(may_download=True)
    copy = made(asked)
    with storage.local_copy(copy.storage_key) as path:
        report = verify.check(path)
        assert rubric.broken(path) == []
    assert (report.state, report.review) == (State.TRUSTED, None)
    assert report.active is not None
    done = [action.code for action in report.active.actions]
    still = ["c2pa.opened", "c2pa.resized.proportional", "c2pa.addedText", "c2pa.converted"]
    heard = ["c2pa.opened", "c2pa.transcoded", "c2pa.edited.metadata"]
    assert done == (still if asked.case.version.kind == AssetKind.STILL else heard)
    answer = inside(asked.link).get(reverse("guest-file", args=[asked.link.key]))
    assert "attachment" in answer["Content-Disposition"]


def test_a_comment_is_at_a_time_of_a_sound_and_anywhere_on_an_image(asked: Outside) -> None:
    made(asked)
    client = inside(asked.link)
    address = reverse("guest-comment", args=[asked.link.key])
    still = asked.case.version.kind == AssetKind.STILL
    sent = {"body": "Too loud here"} | ({} if still else {"at_frame": "on", "frame": "1500"})
    assert client.post(address, sent).status_code == 302
    assert GuestRemark.objects.get().frame == (None if still else 1500)
    page = client.get(reverse("guest-room", args=[asked.link.key])).content.decode()
    assert ("0:01.5" in page) == (not still)
    with pytest.raises(GuestRefused):
        remarks.say(asked.link, body="Where?", frame=2_000)


def test_only_a_sound_has_a_waveform(asked: Outside) -> None:
    rendition = Rendition.objects.get(version=asked.case.version)
    Rendition.objects.create(
        version=asked.case.version, kind=RenditionKind.POSTER, content_type="image/webp",
        storage_key=rendition.storage_key, sha256=rendition.sha256, size=rendition.size,
    )  # fmt: skip
    address = reverse("guest-waveform", args=[asked.link.key])
    client = inside(asked.link)
    assert client.get(address).status_code == 404  # before its copy is there
    made(asked)
    wanted = 404 if asked.case.version.kind == AssetKind.STILL else 200
    assert client.get(address).status_code == wanted


def test_nobody_is_asked_before_there_is_something_to_show(asked: Outside) -> None:
    Rendition.objects.filter(version=asked.case.version).delete()
    review = type(asked.review).objects.select_related("version", "brand").get(pk=asked.review.pk)
    with pytest.raises(GuestRefused, match="isn't ready yet"):
        links.create(review, by=asked.case.creator, email="b@agency.example", name="Ben", may=May.VIEW)
