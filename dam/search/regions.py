"""A part of a frame of a clip, as something to look for: cut out and encoded by a worker."""

from uuid import UUID

from dam.catalog.models import RenditionKind, Version
from dam.core import storage, tasks
from dam.media import runner
from dam.media.probe import MediaInfo
from dam.search import pictures, query_embedding
from dam.search.encoders.base import Encoder, TextEmbedding
from dam.search.likes import Box
from dam.search.query_embedding import ASKED_SECONDS

# So large that a small part of it still shows what it is.
SIDE = 1280


def ask(version: Version, *, time_ms: int, box: Box, encoder: str) -> TextEmbedding | None:
    """What the encoder sees there; None while no worker has answered. Ask for visible versions alone."""

    def send() -> None:
        tasks.send(
            "index.embed_region",
            expires=ASKED_SECONDS,
            version_id=str(version.pk),
            time_ms=time_ms,
            box=str(box),
            encoder=encoder,
        )

    return query_embedding.answer_at(_place(version.pk, time_ms, box, encoder), send=send)


def answer(version: Version, *, time_ms: int, box: Box, encoder: Encoder) -> None:
    """Cut the part out and leave what the encoder sees in it. Harmless twice."""
    frame = _frame(version, time_ms)
    left, top, right, bottom = box.in_pixels(frame.shape[1], frame.shape[0])
    place = _place(version.pk, time_ms, box, encoder.identity)
    query_embedding.leave(place, pictures.seen(frame[top:bottom, left:right], encoder=encoder))


def _frame(version: Version, time_ms: int) -> pictures.Picture:
    """From the preview, where there is one: it is smaller than the master, and its frames are the same."""
    proxy = version.renditions.filter(kind=RenditionKind.PROXY).first()
    with storage.local_copy(proxy.storage_key if proxy else version.storage_key) as path:
        if proxy is None and version.media_info:
            info = MediaInfo.from_json(version.media_info)
        else:
            info = runner.probe(path)
        return runner.frame_at(path, info=info, time_ms=time_ms, max_side=SIDE).rgb


def _place(version_id: UUID, time_ms: int, box: Box, encoder: str) -> str:
    return query_embedding.place(f"{version_id}/{time_ms}/{box}", encoder=encoder, kind="region")
