"""What the settings make of the environment, each time in a process of its own."""

import os
import re
import subprocess
import sys

import pytest

from dam.settings import BASE_DIR

LOADERS = "TEMPLATES[0]['OPTIONS']['loaders']"


def loaders(**environment: str) -> str:
    return read(LOADERS, **environment)


def read(setting: str, **environment: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", f"from dam import settings; print(settings.{setting})"],
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


@pytest.mark.parametrize(
    ("address", "name", "secure"),
    [
        ("https://reelproof.example", "__Host-sessionid", "True"),
        ("http://localhost:8000", "sessionid", "False"),
    ],
)
def test_with_https_no_other_host_can_set_or_read_the_sessions_cookie(
    address: str, name: str, secure: str
) -> None:
    assert read("SESSION_COOKIE_NAME", PUBLIC_URL=address).strip() == name
    assert read("SESSION_COOKIE_SECURE", PUBLIC_URL=address).strip() == secure


def test_how_long_a_sign_in_lasts_can_be_set() -> None:
    assert read("SESSION_COOKIE_AGE", SESSION_HOURS="12").strip() == "43200"


@pytest.mark.parametrize("address", ["https://reelproof.example", "http://localhost:8000"])
def test_scripts_find_the_forms_token_by_its_name(address: str) -> None:
    name = read("CSRF_COOKIE_NAME", PUBLIC_URL=address).strip()
    script = (BASE_DIR / "dam/static/dam/js/session.js").read_text()
    pattern = re.search(r"/(\(.*?)/\.exec\(document\.cookie\)", script)
    assert pattern is not None
    found = re.search(pattern[1], f"a=1; {name}=fresh; b=2")
    assert found is not None
    assert found[1] == "fresh"


def test_scripts_reach_the_bucket_only_where_parts_go_there() -> None:
    bucket = {"STORAGE": "s3://media", "S3_PUBLIC_URL": "https://s3.example.com/", "UPLOAD_MAX_BYTES": "1000"}
    policy = "CONTENT_SECURITY_POLICY['DIRECTIVES']['connect-src'][1:]"
    assert read(policy, **bucket).strip() == "['https://s3.example.com/media/staging/uploads/']"
    assert read(policy, **bucket | {"S3_DIRECT_UPLOADS": "0"}).strip() == "[]"
    assert read(policy, S3_PUBLIC_URL="https://s3.example.com").strip() == "[]"
