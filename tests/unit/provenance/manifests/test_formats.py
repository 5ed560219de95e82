"""Kinds of file by their first bytes."""

import pytest

from provenance.manifests import formats


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\x00\x00\x00\x20ftypisom\x00\x00", "video/mp4"),
        (b"\x00\x00\x00\x14ftypqt  \x00\x00", "video/quicktime"),
        (b"\x00\x00\x00\x08wide\x00\x00\x00\x08mdat", "video/quicktime"),
        (b"\x00\x00\x00\x1cftypavif", "image/avif"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm", "video/webm"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x88matroska", "video/x-matroska"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "video/avi"),
        (b"RIFF\x00\x00\x00\x00????", None),
        (b'<?xml version="1.0"?><svg xmlns', "image/svg+xml"),
        (b"This is not a video.", None),
        (b"", None),
    ],
)
def test_first_bytes_speak_for_a_kind(head: bytes, kind: str | None) -> None:
    assert formats.content_type(head) == kind
