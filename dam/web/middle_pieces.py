"""Storing what comes in the middle of a long upload, past Django's views (dam.web.long_pieces)."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.urls import resolve

from dam.ingest import uploads

# As many as may write at once: what is more waits here and holds no thread that pages are answered by.
_threads = ThreadPoolExecutor(max_workers=uploads.WRITERS, thread_name_prefix="pieces")


async def store(path: str, offset: int, data: bytes) -> bool:
    """Append the piece to the upload at this address. False: ask the view, which says why."""
    upload_id = resolve(path).kwargs["upload_id"]
    work = partial(uploads.write_more, upload_id, offset=offset, data=data)
    return await asyncio.get_running_loop().run_in_executor(_threads, work)
