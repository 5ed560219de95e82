"""What one person announces takes neither the room nor the places of others."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone

from dam.accounts.models import Brand, User
from dam.core import storage
from dam.ingest import cleanup, disk_space, uploads
from dam.ingest.models import Upload, UploadState
from dam.ingest.upload_quotas import TooManyOpen
from tests.factories import BrandFactory, member

GB = 1024**3


def begin(brand: Brand, user: User, size: int = 10_000) -> Upload:
    return uploads.create(brand=brand, user=user, filename="a.webm", size=size)


def test_announcing_takes_no_room_from_other_brands(
    brand: Brand, creator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "free", lambda: 60 * GB)
    for _ in range(25):
        Upload.objects.create(brand=brand, user=creator, filename="a.webm", size=50 * GB)
    other = member(BrandFactory.create())
    assert begin(other.brand, other.user, 50 * GB).state == UploadState.RECEIVING


def test_what_comes_keeps_room_for_as_much_again(brand: Brand, creator: User, settings: Any) -> None:
    piece = settings.UPLOAD_CHUNK_BYTES
    upload = Upload.objects.create(brand=brand, user=creator, filename="a", size=10 * piece)
    for received, kept in [(0, 1), (2, 3), (6, 4), (10, 0)]:
        Upload.objects.filter(pk=upload.pk).update(received=received * piece)
        assert disk_space.promised() == kept * piece
    Upload.objects.filter(pk=upload.pk).update(
        received=piece, updated_at=timezone.now() - disk_space.PAUSED - timedelta(seconds=1)
    )
    assert disk_space.promised() == 0


@pytest.mark.parametrize("limit", ["UPLOADS_PER_PERSON", "UPLOADS_PER_BRAND"])
def test_so_many_uploads_and_no_more_are_under_way_at_once(
    brand: Brand, creator: User, settings: Any, limit: str
) -> None:
    setattr(settings, limit, 2)
    first, _ = begin(brand, creator), begin(brand, creator)
    with pytest.raises(TooManyOpen, match="2 uploads in progress, and the limit is 2"):
        begin(brand, creator)
    uploads.cancel(first)
    begin(brand, creator)


@pytest.mark.parametrize("limit", ["UPLOAD_BYTES_PER_PERSON", "UPLOAD_BYTES_PER_BRAND"])
def test_so_many_bytes_and_no_more_are_under_way_at_once(
    brand: Brand, creator: User, settings: Any, limit: str
) -> None:
    setattr(settings, limit, 15_000)
    begin(brand, creator, 20_000)  # one alone is bounded by its own limit
    with pytest.raises(TooManyOpen, match="the limit is 14"):
        begin(brand, creator, 1)


def test_one_person_s_uploads_leave_other_people_theirs(brand: Brand, creator: User, settings: Any) -> None:
    settings.UPLOADS_PER_PERSON = 1
    begin(brand, creator)
    begin(brand, member(brand).user)


def test_another_brand_s_uploads_count_for_the_person_alone(
    brand: Brand, creator: User, settings: Any
) -> None:
    settings.UPLOADS_PER_BRAND = 1
    begin(brand, creator)
    begin(BrandFactory.create(), creator)
    settings.UPLOADS_PER_PERSON = 2
    with pytest.raises(TooManyOpen, match="You have"):
        begin(BrandFactory.create(), creator)


def test_an_upload_of_which_nothing_comes_ends_after_an_hour(brand: Brand, creator: User) -> None:
    silent, begun = begin(brand, creator), begin(brand, creator)
    uploads.write(begun, offset=0, piece=BytesIO(b"\x1a\x45\xdf\xa3"), length=4)
    assert cleanup.run(at=timezone.now() + timedelta(minutes=50)).uploads == 0
    assert cleanup.run(at=timezone.now() + timedelta(minutes=70)).uploads == 1
    assert Upload.objects.get(pk=silent.pk).state == UploadState.CANCELLED
    assert Upload.objects.get(pk=begun.pk).state == UploadState.RECEIVING
