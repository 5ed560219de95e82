"""Pictures that people search by. A worker decodes them in the sandbox and keeps what the encoder saw.

The file itself waits in the cache until a worker takes it, never longer than WAITING_SECONDS, and one of each
person at a time. What the encoder saw and small copies are kept for a day, for whoever sent it alone: the key
is a secret, and nothing is found under it by anybody else. A saved search keeps the small copies as long as
it is there (saved.models.SavedPicture), so that it can be asked again, also of another encoder.
"""

import hashlib
import io
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from django.core.cache import cache
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from PIL import Image

from dam.accounts.principals import Principal
from dam.core import errors, storage, tasks
from dam.core.lazily import lazy
from dam.media import runner, sniffer
from dam.media.errors import FileRefused, MediaFailed
from dam.media.sniffer import Medium
from dam.search import picture_scale, pooling, query_embedding
from dam.search.encoders import model_card
from dam.search.encoders.base import Encoder, TextEmbedding
from dam.search.query_embedding import ASKED_SECONDS, DAY
from dam.search.saved.models import SavedPicture

MOST_BYTES = 12 * 1024 * 1024
WAITING_SECONDS = 600
READABLE = (
    *(sniffer.JPEG, sniffer.PNG, sniffer.APNG, sniffer.GIF),
    *(sniffer.WEBP, sniffer.AVIF, sniffer.TIFF, sniffer.BMP),
)
# Encoders look at 224 to 384 pixels.
SIDE = 448
KEPT_SIDE = 384
THUMBNAIL_SIDE = 192
FRAMES = 5  # of a video: what they have in common is searched for, as by a clip of the library
KIND = "picture"
_SAVED = "saved"  # in place of a holder: who may ask for it is looked up

Picture = NDArray[np.uint8]  # [H, W, 3], RGB
Frames = NDArray[np.uint8]  # [N, H, W, 3]


class PictureRefused(errors.Refused):
    """The file can't be searched by."""

    code = "picture_refused"
    title = lazy("That file can't be used")


class PictureGone(errors.Refused):
    """The picture was kept for a day, or was somebody else's."""

    code = "picture_gone"
    title = lazy("That picture is no longer here")
    message = lazy(
        "Pictures you search with are kept for a day, or with a saved search, for you alone. Drop it again."
    )


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
        if _saved(key, principal).exists():
            return _ask_of_saved(key, encoder=encoder)
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
    """Decode the picture that waits and leave what the encoder sees in it. Harmless twice.

    Of one that no longer waits, as another encoder has seen it: what this one sees in its copies.
    """
    waiting: bytes | None = cache.get(_waiting(holder))
    waiting_key, _, data = (waiting or b"").partition(b"\n")
    place = _place(holder, key, encoder.identity)
    if waiting_key != key.encode():
        if cache.get(place) is None:
            copies: Sequence[str] | None = cache.get(_copies(holder, key))
            if copies:
                query_embedding.leave(place, _seen(_all(map(b64decode, copies)), encoder=encoder)[0])
            else:  # another one took its place, or it waited too long
                _refuse(holder, key, place, PictureGone.message)
        return
    try:
        frames = decode(data)
        _keep_copies(
            holder, key, frames, first=0
        )  # before it is gone, for whoever asks while it is looked at
    except (FileRefused, MediaFailed, PictureRefused) as refused:
        _refuse(holder, key, place, _sentence(refused))
        return
    finally:
        cache.delete(_waiting(holder))
    meaning, clearest = _seen(frames, encoder=encoder)
    cache.set(_thumbnail(holder, key), _small(frames[clearest]), DAY)
    _keep_copies(holder, key, frames, first=clearest)
    query_embedding.leave(place, meaning)


def answer_saved(key: str, *, encoder: Encoder) -> None:
    """Leave what the encoder sees in the picture of a saved search. Harmless twice."""
    kept = SavedPicture.objects.filter(key=key).values_list("frames", flat=True).first()
    if kept:
        seen_in_it, _first = _seen(_all(map(bytes, kept)), encoder=encoder)
        query_embedding.leave(_place(_SAVED, key, encoder.identity), seen_in_it)


def thumbnail(key: str, *, principal: Principal) -> bytes | None:
    """A small WebP of it; None before a worker has taken it, and for anybody else."""
    found: bytes | None = cache.get(_thumbnail(holder_of(principal), key))
    return found or next(iter(to_save(key, principal=principal)), None)


def to_save(key: str, *, principal: Principal) -> Sequence[bytes]:
    """The small copies that a saved search keeps; none before a worker has seen it, and for anybody else."""
    copies: Sequence[str] | None = cache.get(_copies(holder_of(principal), key))
    if copies is not None:
        return [b64decode(each) for each in copies]
    frames = _saved(key, principal).values_list("frames", flat=True).first() or ()
    return [bytes(each) for each in frames]


def decode(data: bytes) -> Frames:
    """The picture, or FRAMES of a video at equal distances, [N, H, W, 3], decoded in the sandbox.

    Raises FileRefused, MediaFailed or PictureRefused.
    """
    kind = _require_picture(data)
    with storage.scratch() as folder:
        path = Path(folder) / "picture"
        path.write_bytes(data)
        if kind.medium is Medium.PICTURE:
            return runner.still(path, max_side=SIDE)[None]
        frames = [each.rgb for each in runner.sample_frames(path, count=FRAMES, max_side=SIDE)]
    if not frames:
        raise PictureRefused(_("No frame of this video can be read. Drop a picture instead."))
    return np.stack(frames)


def seen(rgb: Picture, *, encoder: Encoder) -> TextEmbedding:
    """What the encoder sees in one picture, as a question."""
    return _seen(rgb[None], encoder=encoder)[0]


def as_question(vector: tuple[float, ...]) -> TextEmbedding:
    """A picture's unit vector as something to look for."""
    scale = picture_scale.of(vector, two_sided=model_card.current().drawn is not None)
    return TextEmbedding(vector=vector, steepness=scale.steepness, level=scale.level)


def holder_of(principal: Principal) -> str:
    """Who may search by it: a digest of who is asking, in which brand."""
    person = getattr(principal, "link_id", None) or (principal.user and principal.user.pk)
    said = f"{principal.brand.pk}/{principal.kind}/{person}"
    return hashlib.sha256(said.encode()).hexdigest()[:24]


def _seen(frames: Frames, *, encoder: Encoder) -> tuple[TextEmbedding, int]:
    """What the encoder sees in all of them, as a question, and which of them shows it best."""
    vector, clearest = pooling.mean(encoder.encode_frames(frames))
    return as_question(tuple(float(value) for value in vector)), clearest


def _saved(key: str, principal: Principal) -> QuerySet[SavedPicture]:
    """That picture of a search that this person has saved."""
    if principal.user is None:
        return SavedPicture.objects.none()
    return SavedPicture.objects.filter(
        key=key, search__owner=principal.user, search__brand=principal.brand, search__deleted_at=None
    )


def _ask_of_saved(key: str, *, encoder: str) -> TextEmbedding | None:
    def send() -> None:
        tasks.send("index.embed_saved_picture", expires=ASKED_SECONDS, key=key, encoder=encoder)

    return query_embedding.answer_at(_place(_SAVED, key, encoder), send=send)


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


def _keep_copies(holder: str, key: str, frames: Frames, *, first: int) -> None:
    order = [first, *(place for place in range(len(frames)) if place != first)]
    copies = [b64encode(_small(frames[place], side=KEPT_SIDE)).decode() for place in order]
    cache.set(_copies(holder, key), copies, DAY)


def _all(copies: Iterable[bytes]) -> Frames:
    """Copies that were made here."""
    return np.stack([np.asarray(Image.open(io.BytesIO(copy)).convert("RGB")) for copy in copies])


def _small(rgb: Picture, *, side: int = THUMBNAIL_SIDE) -> bytes:
    picture = Image.fromarray(rgb)
    picture.thumbnail((side, side))
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=80)
    return out.getvalue()


def _place(holder: str, key: str, encoder: str) -> str:
    return query_embedding.place(f"{holder}/{key}", encoder=encoder, kind=KIND)


def _waiting(holder: str) -> str:
    return f"picture-waiting:{holder}"


def _state(holder: str, key: str) -> str:
    return f"picture-state:{holder}:{key}"


def _copies(holder: str, key: str) -> str:
    return f"picture-copies:{holder}:{key}"


def _thumbnail(holder: str, key: str) -> str:
    return f"picture-small:{holder}:{key}"
