"""Whatever stands in an address, a form, a header or a cookie: an answer, and never an error of ours."""

import re
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from zlib import crc32

import pytest
from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponseBase, QueryDict
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.search import fields
from tests.integration.generation.models import write_card
from tests.integration.role_rows.row import Row
from tests.integration.role_table import PUBLIC, ROWS
from tests.integration.role_world import World, undone

pytestmark = pytest.mark.django_db

SHARE = 12  # one of so many odd values is tried where a name was read before
TRIED: set[str] = set()  # names that had all values, in whichever part was first
# Names that are read in a loop, each as the next: mail_asked, mail_decided; question_2_note, question_3_note.
ALIKE = re.compile(r"(?<=^mail_)\w+|(?<=^page_)\w+|\d+")
PARTS = 10  # of the table, each asked in a test of its own: all of it takes minutes

# Percent-encoded, as they come over the wire.
ODD = (
    "%00",
    "%ED%A0%80",  # a lone surrogate, which UTF-8 does not have
    "%0D%0ASet-Cookie:%20a=b",
    "",
    "-" + "9" * 5000,
    "9" * 19,
    "NaN",
    "%C2%B2",  # a superscript: a digit that is no number
    "%D9%A3",
    "0001-01-01T00:00:00%2B23:59",
    "9999-12-31T23:59:59-23:59",
    "9999-12-31T23:59:59-23:59_00000000-0000-4000-8000-000000000001",
    "//evil.example/%5C",
    "http://[",  # the beginning of an IPv6 address
    "a%00b%20tag:%22a%00b%22%20by:%00%20-tag:%00",
    quote("é" * 3000),
)


@pytest.fixture(autouse=True)
def _ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(settings, "GENERATOR_MODEL", str(write_card(tmp_path / "model")))
    monkeypatch.setattr(settings, "ACCOUNT_RATE_LIMITS", False)


@pytest.fixture
def read_keys(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names of the parameters that the requests of this moment asked for."""
    keys: set[str] = set()
    for name in ("get", "getlist", "__getitem__", "__contains__"):
        original = getattr(QueryDict, name)

        def reading(self: QueryDict, key: str, *args: Any, original: Any = original, **kwargs: Any) -> Any:
            keys.add(key)
            return original(self, key, *args, **kwargs)

        monkeypatch.setattr(QueryDict, name, reading)
    return keys


def send(client: Client, row: Row, address: str, *, query: str = "", form: str = "") -> HttpResponseBase:
    with undone():
        if row.method == "POST" and not row.content_type:
            response = client.post(
                address + (f"?{query}" if query else ""),
                form,
                content_type="application/x-www-form-urlencoded",
                headers=row.headers,
            )
        else:
            kind = row.content_type or "text/plain"
            response = client.generic(
                row.method, address, row.body, kind, headers=row.headers, QUERY_STRING=query
            )
        if response.streaming and not getattr(response, "is_async", False):
            list(response)
    return response


def addressed(world: World, role: Role, row: Row) -> tuple[str, dict[str, str]]:
    args = [world.named(name, role) for name in row.args]
    data = {name: value.format(sha256=world.review.content_sha256) for name, value in row.data.items()}
    return reverse(row.name, args=[world.brand.slug, *args]), data


def role_for(row: Row) -> Role:
    """Somebody who gets beyond the door."""
    return next(
        (role for role in (Role.ADMIN, Role.BRAND_REVIEWER) if getattr(row, role.value) < 400), Role.ADMIN
    )


def changed(data: dict[str, str], key: str, odd: str) -> str:
    """The parameters, with one of them odd, once or twice, and as a list."""
    rest = {name: value for name, value in data.items() if name != key}
    pairs = [urlencode(rest)] if rest else []
    return "&".join([*pairs, f"{quote(key)}={odd}", f"{quote(key)}={odd}", f"{quote(key)}[]={odd}"])


@pytest.mark.parametrize("part", range(PARTS))
def test_no_parameter_of_any_address_can_break_it(read_keys: set[str], part: int) -> None:
    world, wrong, tried = World(), {}, 0
    clients = {role: Client(raise_request_exception=False) for role in Role}
    for role, client in clients.items():
        client.force_login(world.people[role].user)
    asked = {(row.method, row.name): row for row in ROWS if row.name != "events"}
    for row in [*asked.values()][part::PARTS]:
        role = role_for(row)
        address, data = addressed(world, role, row)
        read_keys.clear()
        send(clients[role], row, address, **_parameters(row, urlencode(data)))
        for key in sorted({*read_keys, *data}):
            for odd in _odd(row, key):
                tried += 1
                status = send(
                    clients[role], row, address, **_parameters(row, changed(data, key, odd))
                ).status_code
                if status >= 500:
                    wrong[f"{row} {key}={odd[:40]}"] = status
    assert wrong == {}
    assert tried > 50


def _odd(row: Row, key: str) -> tuple[str, ...]:
    """What to try: all where a name is read for the first time, and on each other address a twelfth, another
    from one to the next. What is called alike is mostly read in one place, as the fields of a search are for
    eleven pages, and all of it on each address took a tenth of the whole run."""
    alike = ALIKE.sub("#", key)
    first = row.name == "library" if key in fields.FIELDS else alike not in TRIED
    TRIED.add(alike)
    return ODD if first else ODD[crc32(f"{row.name} {key}".encode()) % SHARE :: SHARE]


def _parameters(row: Row, pairs: str) -> dict[str, str]:
    return {"form": pairs, "query": pairs} if row.method == "POST" else {"query": pairs}


ACCOUNT_FORMS = {
    "account_login": {"login": "a@example.com", "password": "x", "next": "/"},
    "account_reset_password": {"email": "a@example.com"},
    "account_change_password": {"oldpassword": "x", "password1": "x", "password2": "x"},
    "account_logout": {"next": "/"},
    "mfa_login_webauthn": {"credential": "{}", "next": "/"},
    "account_second_factor": {"next": "/"},
    "account_profile": {"name": "Ada", "language": "", "time_zone": ""},
    "account_tokens": {"after": "1"},
    "verify": {"file": "x"},
    "verify-address": {"address": "x"},
}


def test_no_parameter_outside_a_brand_can_break_an_address() -> None:
    wrong = {}
    somebody = Client(raise_request_exception=False)
    somebody.force_login(World().people[Role.VIEWER].user)
    for name, data in ACCOUNT_FORMS.items():
        for client in (Client(raise_request_exception=False), somebody):
            for key, odd in ((key, odd) for key in data for odd in ODD):
                pairs = changed(data, key, odd)
                with undone():
                    answers = (
                        client.get(f"{reverse(name)}?{pairs}"),
                        client.post(reverse(name), pairs, content_type="application/x-www-form-urlencoded"),
                    )
                for response in answers:
                    if response.status_code >= 500:
                        wrong[f"{name} {key}={odd[:40]}"] = response.status_code
    assert wrong == {}


def test_no_part_of_an_address_can_break_it() -> None:
    world, wrong = World(), {}
    client = Client(raise_request_exception=False)
    client.force_login(world.people[Role.ADMIN].user)
    parts = ("a%00b", "%ED%A0%80", "9" * 19, "9" * 5000, "..%2F%0D%0A")
    addresses = [
        (
            row.method,
            reverse(row.name, args=[world.brand.slug, *(world.named(n, Role.ADMIN) for n in row.args)]),
        )
        for row in {row.name: row for row in ROWS if row.args}.values()
    ]
    addresses += [("GET", reverse(name, args=args)) for name, (_, _, args) in PUBLIC.items()]
    for method, address in addresses:
        pieces, end = address.strip("/").split("/"), "/" if address.endswith("/") else ""
        for place in range(len(pieces)):
            # An address that begins otherwise leads nowhere, whatever follows: one odd value each is enough.
            for odd in parts if place > 1 else parts[crc32(address.encode()) % len(parts) :][:1]:
                changed_address = "/".join(["", *pieces[:place], odd, *pieces[place + 1 :]])
                with undone():
                    status = client.generic(method, changed_address + end).status_code
                if status >= 500:
                    wrong[f"{method} {changed_address[:200]}"] = status
    assert wrong == {}


HEADERS = {
    "Range": ("bytes=-" + "9" * 30, "bytes=00-", "bytes=0-0,1-1", "bytes=\u0663-", "\0"),
    "If-Range": ('W/"\0"', "\ud800"),
    "If-None-Match": ('W/"\0"', ",,,"),
    "If-Modified-Since": ("Mon, 00 Jan 99999999 00:00:00 GMT", "\0"),
    "Accept": ("text/html;q=\0;;", "*/*/*", ""),
    "Accept-Language": ("\0", "a" * 5000),
    "Authorization": ("Bearer \0", "Bearer rpt_\ud800", "Basic ====", "Bearer " + "\xff" * 50),
    "Upload-Length": ("-1", "\xb2", "9" * 19, "9" * 5000, "\0"),
    "Upload-Offset": ("-1", "\xb2", "9" * 18, "\0"),
    "Upload-Metadata": (
        "filename AA==",
        "filename \xff",
        "filename 7aCA",
        "asset AA==",
        "asset MDAw,,, ,filename",
    ),
    "Upload-Concat": ("", "partial;", "final;", "final;http://[", "final;/b/\0/", "final; " * 900, "\0"),
    "Upload-Defer-Length": ("", "2", "\0"),
    "Upload-Checksum": ("", "sha1", "sha1 ???", "md5 AAAA", "sha256 \xff", "\0"),
    "Tus-Resumable": ("", "0.2.2", "\0"),
    "X-HTTP-Method-Override": ("", "\0", "BREW", "patch"),
    "Content-Length": ("-1", "NaN", "9" * 5000),
    "Cookie": tuple(
        f'{name}="\\000\\777"' for name in ("sessionid", "csrftoken", "messages", "library_layout")
    ),
    "HX-Current-URL": ("\0", "http://[", "\ud800"),
    "HX-Target": ("\0",),
    "Referer": ("\0", "http://["),
    "Origin": ("\0", "http://[", "null"),
    "Host": ("\0", "", "[", "evil.example"),
    "X-CSRFToken": ("\0", "\ud800"),
    "X-Forwarded-For": ("\0", ",,", "127.0.0.1" * 900),
    "X-Forwarded-Proto": ("\0",),
}


def _meta(row: Row) -> dict[str, Any]:
    return {"HTTP_" + name.upper().replace("-", "_"): value for name, value in row.headers.items()}


ROADS = ("library", "file", "upload-create", "upload-piece", "review-submit")


def test_no_header_and_no_cookie_can_break_an_address() -> None:
    world, wrong = World(), {}
    admin = Client(raise_request_exception=False)
    admin.force_login(world.people[Role.ADMIN].user)
    for row in {(row.name, row.method): row for row in ROWS if row.name in ROADS}.values():
        address, _ = addressed(world, Role.ADMIN, row)
        for header, odd in ((header, odd) for header, many in HEADERS.items() for odd in many):
            client = Client(raise_request_exception=False)
            if header != "Cookie":
                client.cookies = deepcopy(admin.cookies)
            name = header.upper().replace("-", "_")
            meta: dict[str, Any] = {name if name == "CONTENT_LENGTH" else f"HTTP_{name}": odd}
            with undone():
                kind = row.content_type or "text/plain"
                response = client.generic(row.method, address, row.body, kind, **{**_meta(row), **meta})
                if response.streaming:
                    list(response)
            if response.status_code >= 500:
                wrong[f"{row} {header}: {odd[:40]!r}"] = response.status_code
    assert wrong == {}
