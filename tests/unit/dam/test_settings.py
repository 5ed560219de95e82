"""What the settings make of the environment, each time in a process of its own."""

import os
import subprocess
import sys

import pytest

READ = "from dam import settings; print(settings.TEMPLATES[0]['OPTIONS']['loaders'])"


def loaders(**environment: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", READ],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@pytest.mark.parametrize(("debug", "cached"), [("0", True), ("1", False)])
def test_templates_are_kept_in_memory_unless_somebody_works_on_them(debug: str, cached: bool) -> None:
    assert ("cached.Loader" in loaders(DEBUG=debug)) is cached


def test_a_bucket_takes_no_upload_of_more_than_ten_thousand_parts() -> None:
    given = {"STORAGE": "s3://media", "UPLOAD_MAX_BYTES": str(10_000 * 8 * 1024**2 + 1)}
    with pytest.raises(subprocess.CalledProcessError) as refused:
        loaders(**given)
    assert "UPLOAD_MAX_BYTES is at most 83886080000" in refused.value.stderr
    assert loaders(**given | {"STORAGE": "media"})
