from pathlib import Path

import pytest

from dam.media import sniffer
from dam.media.errors import FileRefused, require_kind
from dam.media.sniffer import CredentialSupport, FileKind, Medium

BITMAP = b"BM\x46\x00\x00\x00" + bytes(4) + b"\x36\x00\x00\x00\x28\x00\x00\x00"
HEADS = [
    (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00", sniffer.MP4),
    (b"\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00", sniffer.QUICKTIME),
    (b"\x00\x00\x00\x08wide\x00\x00\x00\x00mdat", sniffer.QUICKTIME),
    (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", sniffer.WEBM),
    (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska", sniffer.MATROSKA),
    (b"RIFF\x00\x00\x00\x00AVI LIST", sniffer.AVI),
    (b"OggS\x00\x02", sniffer.OGG),
    (b"\x00\x00\x01\xba\x44", sniffer.MPEG_PS),
    ((b"\x47" + bytes(187)) * 4, sniffer.MPEG_TS),
    ((bytes(4) + b"\x47" + bytes(187)) * 4, sniffer.MPEG_TS),
    (b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d", sniffer.MXF),
    (b"FLV\x01\x05", sniffer.FLV),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9", sniffer.ASF),
    (b"\x1f\x07\x00\xbf", sniffer.DV),
    (b".RMF\x00", sniffer.REAL),
    (b"\xff\xd8\xff\xe0", sniffer.JPEG),
    (b"\x89PNG\r\n\x1a\n", sniffer.PNG),
    (b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00acTL\x00IDAT", sniffer.APNG),
    (b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00IDAT\x00acTL", sniffer.PNG),
    (b"GIF89a", sniffer.GIF),
    (b"MM\x00*", sniffer.TIFF),
    (BITMAP, sniffer.BMP),
    (b"BM is what they call it.", None),
    (b"BMW\x00\x00\x00\x00\x00\x00\x00, a text", None),
    (b"II+\x00\x08\x00", sniffer.BIG_TIFF),
    (b"MM\x00+\x00\x08", sniffer.BIG_TIFF),
    (b"RF64\xff\xff\xff\xffWAVEds64", sniffer.RF64),
    (b"BW64\xff\xff\xff\xffWAVEds64", sniffer.RF64),
    (b"FORM\x00\x00\x00\x00AIFFCOMM", sniffer.AIFF),
    (b"FORM\x00\x00\x00\x00AIFCFVER", sniffer.AIFF),
    (b"\xff\xe3\x40", sniffer.MP3),
    (b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avifmiaf", sniffer.AVIF),
    (b"\x00\x00\x00\x1cftypmsf1\x00\x00\x00\x00msf1avismiaf", sniffer.AVIF),
    (b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heicavif", sniffer.HEIF),  # beyond the box's end
    (b"<!-- made by hand --><svg xmlns", sniffer.SVG),
    (b"<!---->" * 500 + b"<svg xmlns", sniffer.SVG),
    (b"<!---->" * 500 + b"x", None),  # at once: it would be looked at for ever in another way
    (b"<!-- a -->\n<!-- b -->\n<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'x'>\n<svg", sniffer.SVG),
    (b"<!DOCTYPE html><svg>", None),
    ("<?xml version='1.0' encoding='utf-16'?><svg/>".encode("utf-16"), sniffer.SVG),
    (b"RIFF\x00\x00\x00\x00WEBPVP8 ", sniffer.WEBP),
    (b"\x00\x00\x00\x1cftypavif", sniffer.AVIF),
    (b"\x00\x00\x00\x1cftypheic", sniffer.HEIC),
    (b"\x00\x00\x00\x1cftypmif1", sniffer.HEIF),
    (b"\x00\x00\x00\x0cJXL \r\n", sniffer.JPEG_XL),
    (b'<?xml version="1.0"?><svg xmlns', sniffer.SVG),
    (b"ID3\x03", sniffer.MP3),
    (b"\xff\xf1\x50", sniffer.AAC),
    (b"fLaC\x00", sniffer.FLAC),
    (b"RIFF\x00\x00\x00\x00WAVEfmt ", sniffer.WAV),
    (b"\x00\x00\x00\x1cftypM4A ", sniffer.M4A),
    (b"%PDF-1.7", sniffer.PDF),
    (b"#EXTM3U\n", sniffer.PLAYLIST),
    (b"RIFF\x00\x00\x00\x00????", None),
    (b"This is not a video.", None),
    (b"", None),
]


@pytest.mark.parametrize(("head", "kind"), HEADS)
def test_a_kind_is_known_by_its_first_bytes(head: bytes, kind: FileKind | None) -> None:
    assert sniffer.recognise(head) is kind


def test_every_kind_is_recognised_by_some_bytes() -> None:
    # What moves in an AVIF or WebP its pictures say (tests/integration/dam/media/test_taken_as.py).
    moving = {sniffer.AVIF_SEQUENCE, sniffer.ANIMATED_WEBP}
    assert {kind for _, kind in HEADS} - {None} == {*sniffer.ALL} - moving


def test_a_name_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert sniffer.read(tmp_path / "film.mp4") is sniffer.PNG


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (b"", "empty"),
        (b"plain text", "not_a_video"),
        (b"%PDF-1.7", "not_a_video"),
        (b"#EXTM3U\n", "playlist"),
        (b"\xef\xbb\xbf\n #EXTM3U\n", "playlist"),
        (b"ffconcat version 1.0", "playlist"),
        (b"<?xml version='1.0'?>\n<MPD>", "playlist"),
        (BITMAP, "picture"),
        (b"BM", "not_a_video"),
        (b"\x00\x00\x00\x1cftypheic", "picture"),
        (b"\x47" + bytes(187), "not_a_video"),
    ],
)
def test_what_is_not_taken_is_refused_for_what_it_is(head: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        require_kind(head)
    assert refused.value.code == code


@pytest.mark.parametrize("kind", [*sniffer.VIDEOS, sniffer.M4A])
def test_a_video_may_be_opened_by_one_demuxer(kind: FileKind) -> None:
    head = next(head for head, known in HEADS if known is kind)
    assert require_kind(head).demuxer


def test_ffmpeg_opens_nothing_but_videos_sound_and_pictures_that_move() -> None:
    openable = {kind for kind in sniffer.ALL if kind.demuxer}
    sounds = {sniffer.WAV, sniffer.RF64, sniffer.AIFF, sniffer.MP3, sniffer.FLAC, sniffer.AAC, sniffer.M4A}
    moving = {sniffer.GIF, sniffer.APNG, sniffer.AVIF_SEQUENCE, sniffer.ANIMATED_WEBP}
    assert openable == {*sniffer.VIDEOS, *sounds, *moving}
    assert {kind.medium for kind in sniffer.VIDEOS} == {Medium.VIDEO}


@pytest.mark.parametrize("head", [b"\xff\xd8\xff\xe0", b"RIFF\x00\x00\x00\x00WEBPVP8 ", b"II*\x00"])
def test_a_still_is_taken_and_read_by_one_decoder(head: bytes) -> None:
    assert require_kind(head).decoder


def test_what_is_read_as_a_picture_is_on_this_list() -> None:
    readable = {kind.decoder for kind in sniffer.ALL if kind.decoder}
    assert readable == {"PNG", "JPEG", "GIF", "TIFF", "WEBP", "AVIF", "SVG"}


def test_mp4_quicktime_and_the_usual_stills_and_sounds_are_signed() -> None:
    signed = [kind for kind in sniffer.ALL if kind.credentials is CredentialSupport.SIGNED]
    stills = [sniffer.JPEG, sniffer.PNG, sniffer.TIFF, sniffer.WEBP, sniffer.AVIF, sniffer.SVG]
    sounds = [sniffer.MP3, sniffer.WAV, sniffer.M4A]
    assert signed == [sniffer.MP4, sniffer.QUICKTIME, *stills, *sounds]


def test_what_is_signed_has_a_content_type_of_its_own() -> None:
    signed = [kind.content_type for kind in sniffer.ALL if kind.credentials is CredentialSupport.SIGNED]
    assert len(set(signed)) == len(signed)


@pytest.mark.parametrize("kind", [sniffer.DV, sniffer.MXF, sniffer.ASF, sniffer.FLV, sniffer.MPEG_PS])
def test_video_of_other_kinds_has_no_place_for_credentials(kind: FileKind) -> None:
    assert kind.credentials is CredentialSupport.NONE


def test_every_kind_has_its_own_suffix_and_label() -> None:
    assert len({kind.suffix for kind in sniffer.ALL}) == len(sniffer.ALL)
    assert len(sniffer.BY_LABEL) == len(sniffer.ALL)
