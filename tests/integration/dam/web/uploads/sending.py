"""What a browser sends of a file."""

import base64
from typing import Any

from django.test import Client
from django.urls import reverse

from dam.core import storage
from dam.ingest import uploads
from dam.ingest.models import Upload

PIECE = "application/offset+octet-stream"


def begin(browser: Client, size: int, filename: str = "summer.mp4", *, asset: str = "") -> Any:
    name = base64.b64encode(filename.encode()).decode()
    target = f",asset {base64.b64encode(asset.encode()).decode()}" if asset else ""
    headers = {"Upload-Length": str(size), "Upload-Metadata": f"filename {name},type dmlkZW8={target}"}
    return browser.post(reverse("upload-create", args=["acme"]), headers=headers)


def send(browser: Client, url: str, offset: int, data: bytes, content_type: str = PIECE) -> Any:
    return browser.patch(url, data, content_type=content_type, headers={"Upload-Offset": str(offset)})


def is_staged(upload: Upload) -> bool:
    key = uploads.key_of(upload)
    return any(entry.key.startswith(key) for entry in storage.entries(uploads.FOLDER))
