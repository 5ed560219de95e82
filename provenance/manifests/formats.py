"""What kind of file this is, by its first bytes: names are chosen by the sender. Pure."""

MP4 = "video/mp4"
MOV = "video/quicktime"
# Containers that have no place for a manifest store.
WITHOUT_CREDENTIALS = {"video/webm", "video/x-matroska", "video/ogg", "video/mp2t"}

HEAD_BYTES = 512

_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\x00\x00\x00\x0cJXL ", "image/jxl"),
    (b"OggS", "video/ogg"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/avi"}
_BRANDS = {
    b"qt  ": MOV,
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heif",
    b"M4A ": "audio/mp4",
}
# A QuickTime film of old begins with any of these boxes.
_FIRST_BOXES = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}


def content_type(head: bytes) -> str | None:
    """The media type that the first bytes (HEAD_BYTES will do) speak for; None for an unknown one."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "video/x-matroska" if b"matroska" in head[:64] else "video/webm"
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], MP4)
    if head[4:8] in _FIRST_BOXES:
        return MOV
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:5].lower()
    if start == b"<svg " or (start == b"<?xml" and b"<svg" in head):
        return "image/svg+xml"
    if head[:1] == b"G" and head[188:189] == b"G":
        return "video/mp2t"
    return None
