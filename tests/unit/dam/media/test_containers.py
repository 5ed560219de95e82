import pytest

from dam.media import containers
from dam.media.errors import Refused, require_container


@pytest.mark.parametrize(
    ("head", "label"),
    [
        (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00", "MP4"),
        (b"\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00", "QuickTime"),
        (b"\x00\x00\x00\x08wide\x00\x00\x00\x00mdat", "QuickTime"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", "WebM"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska", "Matroska"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "AVI"),
        (b"OggS\x00\x02", "Ogg"),
        (b"\x00\x00\x01\xba\x44", "MPEG-PS"),
        ((b"\x47" + bytes(187)) * 4, "MPEG-TS"),
        ((bytes(4) + b"\x47" + bytes(187)) * 4, "MPEG-TS"),
    ],
)
def test_a_container_is_known_by_its_first_bytes(head: bytes, label: str) -> None:
    assert require_container(head).label == label


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (b"", "empty"),
        (b"plain text", "not_a_video"),
        (b"#EXTM3U\n", "playlist"),
        (b"\xef\xbb\xbf\n #EXTM3U\n", "playlist"),
        (b"ffconcat version 1.0", "playlist"),
        (b"<?xml version='1.0'?>\n<MPD>", "playlist"),
        (b"\xff\xd8\xff\xe0", "picture"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "picture"),
        (b"\x00\x00\x00\x1cftypheic", "picture"),
        (b"ID3\x03", "audio_only"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio_only"),
        (b"\x47" + bytes(187), "not_a_video"),
    ],
)
def test_anything_else_is_refused_for_what_it_is(head: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        require_container(head)
    assert refused.value.code == code


def test_every_container_names_its_own_suffix_and_label() -> None:
    assert len({container.suffix for container in containers.ALL}) == len(containers.ALL)
    assert len(containers.BY_LABEL) == len(containers.ALL)
