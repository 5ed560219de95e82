"""A client that sends the parts of a file straight to the bucket, as a browser does."""

import base64
import urllib.error
import urllib.request
from hashlib import sha256
from typing import Any

from django.test import Client
from django.urls import reverse

from dam.core.storage import PART_BYTES
from dam.ingest.models import Upload
from tests.integration.dam.web.uploads.sending import begin

HEAD = b"\x1a\x45\xdf\xa3webm"  # what a video may begin with; nobody looks further here


def part_of(data: bytes, number: int) -> bytes:
    return data[(number - 1) * PART_BYTES : number * PART_BYTES]


def announce(browser: Client, data: bytes) -> Upload:
    begin(browser, len(data))
    return Upload.objects.latest("created_at")


def address_of(upload: Upload) -> str:
    return reverse("upload-parts", args=["acme", upload.pk])


def ask(browser: Client, upload: Upload, number: int, data: bytes, **told: str) -> Any:
    """Where part `number` goes, and what else the answer says."""
    head = base64.b64encode(data[:4096]).decode()
    return browser.post(address_of(upload), {"number": number, "head": head, **told})


def place(browser: Client, upload: Upload, number: int, data: bytes) -> str:
    return str(ask(browser, upload, number, data).json()["url"])


def put(url: str, data: bytes, **headers: str) -> int:
    """The status of the store's answer."""
    request = urllib.request.Request(url, data=data, method="PUT", headers={"Content-Type": "", **headers})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as problem:
        return problem.code


def send_all(browser: Client, upload: Upload, data: bytes, numbers: list[int]) -> None:
    for number in numbers:
        assert put(place(browser, upload, number, data), part_of(data, number)) == 200


def look(browser: Client, upload: Upload) -> dict[str, Any]:
    return dict(browser.get(address_of(upload)).json())


def sum_of(data: bytes) -> str:
    return base64.b64encode(sha256(data).digest()).decode()
