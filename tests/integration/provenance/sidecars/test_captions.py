"""Captions of a released video have Content Credentials beside them, of exactly their words."""

import hashlib
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.captions import tracks
from dam.captions.models import CaptionTrack, TrackSource
from dam.captions.tracks import Said
from dam.media.caption_files import Format
from dam.rights.models import RightsRecord
from provenance.manifests import signing_process, verify
from provenance.manifests.c2pa_io import SigningFailed
from provenance.manifests.signing_command import KeyServiceAway, NotItsSignature
from provenance.manifests.validation_codes import State
from provenance.review import reviews
from provenance.sidecars import captions, store, tasks
from provenance.sidecars.models import Sidecar
from tests.factories import BrandFactory, member
from tests.integration.provenance.downloads.test_preset_files import case
from tests.review_factory import Case

__all__ = ["case"]

pytestmark = pytest.mark.django_db

WORDS = [(1000, 2000, "A red kite"), (2000, 3500, "over the sea")]


def captioned(case: Case, language: str = "en", source: TrackSource = TrackSource.UPLOADED) -> CaptionTrack:
    return tracks.put(case.version, Said(language), WORDS, source=source, by=case.creator)


def reader(case: Case) -> Client:
    client = Client()
    client.force_login(member(case.brand, Role.VIEWER).user)
    return client


def addresses(case: Case, form: str = "vtt") -> tuple[str, str]:
    given = [case.brand.slug, case.version.pk, "en", form]
    return reverse("captions-file", args=given) + "?save=1", reverse("captions-credentials", args=given)


def page(case: Case) -> str:
    address = reverse("asset", args=[case.brand.slug, case.version.asset_id])
    return reader(case).get(address).content.decode()


@pytest.mark.parametrize("form", ["vtt", "srt"])
def test_what_is_downloaded_beside_them_holds_and_says_of_nobody_that_they_approved_them(
    case: Case, tmp_path: Path, form: str
) -> None:
    captioned(case)
    assert captions.sign() == 2
    assert captions.sign() == 0
    words, beside = (reader(case).get(address) for address in addresses(case, form))
    name = beside.headers["Content-Disposition"].partition('filename="')[2].rstrip('"')
    assert name.endswith(f".en.{form}.c2pa")
    (tmp_path / name).write_bytes(beside.content)
    (tmp_path / name.removesuffix(".c2pa")).write_bytes(b"".join(words) if words.streaming else words.content)
    report = verify.check(tmp_path / name.removesuffix(".c2pa"), sidecar=tmp_path / name)
    assert (report.state, report.review, report.ai_generated) == (State.TRUSTED, None, False)
    out = StringIO()
    call_command("verify", str(tmp_path / name.removesuffix(".c2pa")), stdout=out)
    assert "trusted (test certificate)" in out.getvalue()
    assert "Content Credentials of the WebVTT file (.c2pa): English" in page(case)


def test_captions_that_a_model_heard_say_so(case: Case) -> None:
    captioned(case, source=TrackSource.RECOGNISED)
    assert captions.sign() == 2
    stores = [bytes(each or b"") for each in Sidecar.objects.values_list("content", flat=True)]
    assert all(b"trainedAlgorithmicMedia" in each and b"c2pa.created" in each for each in stores)


def test_after_a_change_there_are_none_until_they_are_signed_anew(case: Case) -> None:
    track = captioned(case)
    captions.sign()
    before = reader(case).get(addresses(case)[1]).content
    tracks.correct(
        case.version,
        track.pk,
        said=Said("en"),
        first=0,
        count=1,
        instead=[(1000, 2000, "A blue kite")],
        seen=track.revision,
        by=case.creator,
    )
    assert reader(case).get(addresses(case)[1]).status_code == 404
    assert "Content Credentials of the WebVTT file" not in page(case)
    assert captions.sign() == 2
    assert reader(case).get(addresses(case)[1]).content not in (b"", before)


def test_only_those_of_what_is_released_have_any(case: Case) -> None:
    captioned(case)
    captions.sign()
    reviews.revoke(case.version, by=case.legal_reviewer, reason="A mark was shown")
    assert captions.signed(case.version) == set()
    client = Client()
    client.force_login(case.creator.user)
    assert client.get(addresses(case)[1]).status_code == 404
    stranger = Client()
    stranger.force_login(member(BrandFactory.create()).user)
    assert stranger.get(addresses(case)[1]).status_code == 404


@pytest.mark.parametrize("problem", [SigningFailed, NotItsSignature])
def test_what_cannot_be_signed_is_tried_again_later_and_not_for_ever(
    problem: type[Exception], case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    captioned(case)

    def fail(*_args: object, **_given: object) -> None:
        raise problem("no")

    monkeypatch.setattr(signing_process, "sign", fail)
    at = timezone.now()
    for number in range(2 * captions.MOST_ATTEMPTS):
        assert captions.sign(at=at + number * 2 * captions.AGAIN) == 0
        assert captions.sign(at=at + number * 2 * captions.AGAIN + timedelta(minutes=1)) == 0
    assert {each.attempts for each in Sidecar.objects.all()} == {captions.MOST_ATTEMPTS}
    assert {each.problem for each in Sidecar.objects.all()} == {"no"}


def test_what_was_away_is_no_try_of_theirs(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    captioned(case)

    def away(*_args: object, **_given: object) -> None:
        raise KeyServiceAway("no route")

    with monkeypatch.context() as patched:
        patched.setattr(signing_process, "sign", away)
        for number in range(2 * captions.MOST_ATTEMPTS):
            with pytest.raises(KeyServiceAway):
                captions.sign(at=timezone.now() + number * timedelta(minutes=1))
    assert {each.attempts for each in Sidecar.objects.all()} == {0}
    assert captions.sign(at=timezone.now() + 2 * captions.MOST_ATTEMPTS * timedelta(minutes=1)) == 2


def test_under_embargo_nobody_is_told_by_the_words_alone(case: Case) -> None:
    track = captioned(case)
    assert captions.sign() == 2
    digest = hashlib.sha256(captions._written(track, Format.VTT)).hexdigest()
    assert store.by_bytes(digest) is not None
    RightsRecord.objects.update(embargo_until=timezone.now() + timedelta(days=9))
    assert store.by_bytes(digest) is None


def test_each_minute_what_came_lately_is_looked_at_and_each_hour_all(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    track = captioned(case)
    CaptionTrack.objects.filter(pk=track.pk).update(changed_at=timezone.now() - 2 * captions.LATELY)
    monkeypatch.setattr(captions, "NEWEST", 0)
    assert captions.sign(lately=True) == 0
    assert captions.sign() == 2
    CaptionTrack.objects.filter(pk=track.pk).update(changed_at=timezone.now(), revision=F("revision") + 1)
    assert captions.sign(lately=True) == 2
    CaptionTrack.objects.filter(pk=track.pk).update(
        changed_at=timezone.now() - 2 * captions.LATELY, revision=F("revision") + 1
    )
    monkeypatch.setattr(captions, "NEWEST", 1)
    assert captions.sign(lately=True) == 2  # of a release that is new
    assert captions.sign(lately=True) == 0


def test_the_pass_over_all_goes_on_while_there_are_any(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    captioned(case)
    again: list[int] = []
    monkeypatch.setattr(tasks.sign_all_captions, "apply_async", lambda *, countdown: again.append(countdown))
    tasks.sign_all_captions()
    tasks.sign_all_captions()
    assert again == [60]
