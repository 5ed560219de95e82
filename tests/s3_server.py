"""A real S3 server: the gateway of JuiceFS, which answers with MinIO's code and keeps the bytes in a folder.

It checks signatures, knows multipart uploads, copies and presigned addresses. What it does not hold anybody
to is the least size of a part; `tests/integration/dam/core/test_storage.py` looks at that itself.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BUCKET = "reelproof-test"
KEY, SECRET = "tester", "tester-secret"
START_SECONDS = 30.0


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Its address, while it runs. Sets the keys in the environment, and makes the bucket."""
    folder.mkdir(parents=True)
    program = str(Path(sys.executable).parent / "juicefs")
    meta = f"sqlite3://{folder}/meta.db"
    environment = os.environ | {"HOME": str(folder), "MINIO_ROOT_USER": KEY, "MINIO_ROOT_PASSWORD": SECRET}
    make = [program, "format", "--storage", "file", "--bucket", f"{folder}/data/", "--trash-days", "0"]
    subprocess.run([*make, meta, "test"], env=environment, check=True, capture_output=True)
    address = f"127.0.0.1:{_free_port()}"
    serve = [program, "gateway", "--multi-buckets", "--keep-etag", "--no-banner", "--no-usage-report"]
    serve += ["--log", f"{folder}/log", "--metrics", "127.0.0.1:0", "--cache-size", "0"]
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(
            [*serve, meta, address], env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait(f"http://{address}", process, folder / "output")
        os.environ |= {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
        _make_bucket(f"http://{address}")
        yield f"http://{address}"
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except urllib.error.HTTPError:  # it answers, and wants a signature
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The S3 server did not start:\n{log.read_text()[-2000:]}") from None
            time.sleep(0.05)


def _make_bucket(url: str) -> None:
    from dam.core.storage import s3

    s3._client(url, "us-east-1", os.getpid()).create_bucket(Bucket=BUCKET)
