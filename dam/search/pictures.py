"""Pictures that people search by. A worker decodes them in the sandbox and keeps what the encoder saw.

The file itself waits in the cache until a worker takes it, never longer than WAITING_SECONDS, and one of each
person at a time. What the encoder saw and a small copy are kept for a day, for whoever sent it alone: the key
is a secret, and nothing is found under it by anybody else.
"""

import hashlib
import io
import secrets
from pathlib import Path

import numpy as np
from django.core.cache import cache
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from PIL import Image

from dam.accounts.principals import Principal
from dam.core import errors, storage, tasks
from dam.core.lazily import lazy
from dam.media import runner, sniffer
from dam.media.errors import FileRefused, MediaFailed
from dam.media.sniffer import Medium
from dam.search import picture_scale, query_embedding
from dam.search.encoders import model_card
from dam.search.encoders.base import Encoder, TextEmbedding
from dam.search.query_embedding import ASKED_SECONDS, DAY

MOST_BYTES = 12 * 1024 * 1024
WAITING_SECONDS = 600
READABLE = (
    *(sniffer.JPEG, sniffer.PNG, sniffer.APNG, sniffer.GIF),
    *(sniffer.WEBP, sniffer.AVIF, sniffer.TIFF, sniffer.BMP),
)
# Encoders look at 224 to 384 pixels.
SIDE = 448
THUMBNAIL_SIDE = 192
KIND = "picture"

Picture = NDArray[np.uint8]  # [H, W, 3], RGB


class PictureRefused(errors.Refused):
    """The file can't be searched by."""

    code = "picture_refused"
    title = lazy("That file can't be used")


class PictureGone(errors.Refused):
    """The picture was kept for a day, or was somebody else's."""

    code = "picture_gone"
    title = lazy("That picture is no longer here")
    message = lazy("Pictures you search with are kept for a day and can't be shared. Drop the picture again.")


def keep(data: bytes, *, principal: Principal) -> str:
    """Keep the picture for a worker; the key to search by. Raises PictureRefused for what is no picture."""
    _require_picture(data)
    key, holder = secrets.token_urlsafe(18), holder_of(principal)
    cache.set(_waiting(holder), f"{key}\n".encode() + data, WAITING_SECONDS)
    cache.set(_state(holder, key), "", DAY)
    return key


def ask(key: str, *, principal: Principal, encoder: str) -> TextEmbedding | None:
    """What the encoder sees in the picture; None while no worker has answered.

    Raises PictureGone, and PictureRefused for one that can't be decoded.
    """
    holder = holder_of(principal)
    state = cache.get(_state(holder, key))
    if state is None:
        raise PictureGone
    if state:
        raise PictureRefused(state)

    def send() -> None:
        tasks.send("index.embed_picture", expires=ASKED_SECONDS, holder=holder, key=key, encoder=encoder)

    meaning = query_embedding.answer_at(_place(holder, key, encoder), send=send)
    if meaning is not None and meaning.vector is None:
        raise PictureRefused(cache.get(_state(holder, key)) or PictureGone.message)
    return meaning


def answer(holder: str, key: str, *, encoder: Encoder) -> None:
    """Decode the picture that waits and leave what the encoder sees in it. Harmless twice."""
    waiting: bytes | None = cache.get(_waiting(holder))
    waiting_key, _, data = (waiting or b"").partition(b"\n")
    place = _place(holder, key, encoder.identity)
    if waiting_key != key.encode():
        if cache.get(place) is None:  # another one took its place, or it waited too long
            _refuse(holder, key, place, PictureGone.message)
        return
    try:
        rgb = decode(data)
    except (FileRefused, MediaFailed, PictureRefused) as refused:
        _refuse(holder, key, place, _sentence(refused))
        return
    finally:
        cache.delete(_waiting(holder))
    cache.set(_thumbnail(holder, key), _small(rgb), DAY)
    query_embedding.leave(place, seen(rgb, encoder=encoder))


def thumbnail(key: str, *, principal: Principal) -> bytes | None:
    """A small WebP of it; None before a worker has taken it, and for anybody else."""
    found: bytes | None = cache.get(_thumbnail(holder_of(principal), key))
    return found


def decode(data: bytes) -> Picture:
    """The picture, or a frame from the middle of a video, [H, W, 3], decoded in the sandbox.

    Raises FileRefused, MediaFailed or PictureRefused.
    """
    kind = _require_picture(data)
    with storage.scratch() as folder:
        path = Path(folder) / "picture"
        path.write_bytes(data)
        if kind.medium is Medium.PICTURE:
            return runner.still(path, max_side=SIDE)
        frame = next(iter(runner.sample_frames(path, count=1, max_side=SIDE)), None)
    if frame is None:
        raise PictureRefused(_("No frame of this video can be read. Drop a picture instead."))
    return frame.rgb


def seen(rgb: Picture, *, encoder: Encoder) -> TextEmbedding:
    """What the encoder sees in one picture, as a question."""
    (vector,) = encoder.encode_frames(rgb[None])
    return as_question(tuple(float(value) for value in vector))


def as_question(vector: tuple[float, ...]) -> TextEmbedding:
    """A picture's unit vector as something to look for."""
    scale = picture_scale.of(vector, two_sided=model_card.current().drawn is not None)
    return TextEmbedding(vector=vector, steepness=scale.steepness, level=scale.level)


def holder_of(principal: Principal) -> str:
    """Who may search by it: a digest of who is asking, in which brand."""
    person = getattr(principal, "link_id", None) or (principal.user and principal.user.pk)
    said = f"{principal.brand.pk}/{principal.kind}/{person}"
    return hashlib.sha256(said.encode()).hexdigest()[:24]


def _require_picture(data: bytes) -> sniffer.FileKind:
    if not data:
        raise PictureRefused(_("The file is empty. Choose another picture."))
    if len(data) > MOST_BYTES:
        raise PictureRefused(
            _("The picture is larger than %(most_bytes)s MB. Choose a smaller one.")
            % {"most_bytes": MOST_BYTES // 1024**2}
        )
    kind = sniffer.recognise(data[: sniffer.HEAD_BYTES])
    if kind in READABLE or (kind is not None and kind.medium is Medium.VIDEO):
        return kind
    if kind is not None and kind.medium is Medium.PICTURE:
        raise PictureRefused(
            _("%(label)s pictures can't be read. Save it as JPEG or PNG and try again.")
            % {"label": kind.label}
        )
    raise PictureRefused(_("This file isn't a picture. Choose a JPEG, PNG, WebP or GIF."))


def _refuse(holder: str, key: str, place: str, sentence: str) -> None:
    cache.set(_state(holder, key), str(sentence), DAY)
    query_embedding.leave(place, TextEmbedding(vector=None))


def _sentence(refused: errors.Refused) -> str:
    if isinstance(refused, FileRefused):
        return _("This picture can't be read. Save it as JPEG or PNG and try again.")
    return refused.message


def _small(rgb: Picture) -> bytes:
    picture = Image.fromarray(rgb)
    picture.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=80)
    return out.getvalue()


def _place(holder: str, key: str, encoder: str) -> str:
    return query_embedding.place(f"{holder}/{key}", encoder=encoder, kind=KIND)


def _waiting(holder: str) -> str:
    return f"picture-waiting:{holder}"


def _state(holder: str, key: str) -> str:
    return f"picture-state:{holder}:{key}"


def _thumbnail(holder: str, key: str) -> str:
    return f"picture-small:{holder}:{key}"
