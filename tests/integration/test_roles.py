"""Every address as every role, token and guest, as a stranger and as nobody, held against role_table.py."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponseBase
from django.test import Client, RequestFactory
from django.urls import get_resolver, resolve, reverse
from django.urls.resolvers import URLPattern, URLResolver
from django.utils import timezone

from dam.access import share_links, tokens
from dam.accounts import principals
from dam.accounts.capabilities import TOKEN_MAY, Capability, Role
from dam.audit import trail
from dam.audit.models import Event
from dam.catalog.models import Asset
from dam.core import workers
from tests.integration.generation.models import write_card
from tests.integration.role_rows.row import Row
from tests.integration.role_table import PUBLIC, ROWS
from tests.integration.role_world import World, undone

pytestmark = pytest.mark.django_db
# A step's name, a theme and a ready-made set of fields are no brand's.
WITH_OBJECT = [row for row in ROWS if row.args and row.args not in (("poster",), ("light",), ("music",))]
CHANGING = [row for row in ROWS if row.method not in ("GET", "HEAD", "OPTIONS")]
# What nobody does by a program, beside what no token may: these ask for more than a capability.
# The last begins a bulk edit, which is a person's to look at and to start.
NO_TOKEN = (
    *("take-down", "take-down-confirm", "take-down-back"),
    *("review-guests", "guest-link-again", "guest-link-revoke", "guest-remark-answer", "comment-for-guests"),
    *("library-columns", "review-decide", "review-passkey", "brand-closing", "tag-rename", "asset-renewal"),
    *("review-set-approve", "review-set-passkey", "review-revoke", "review-revoke-passkey"),
    *("asset-consent-erase", "review-present", "review-lead", "review-follow", "review-played"),
)
# Open to who edits (or generates, which the same do), and to who decides for legal; the latter is no program.
BY_EDITING_OR_DECIDING = (
    *("asset-sources", "asset-statements", "asset-consent-add", "asset-consent", "asset-consent-act"),
    *("asset-reproduce", "asset-reproduction-cancel"),
)
ONE_OF_EACH = list({row.name: row for row in ROWS}.values())


@pytest.fixture(autouse=True)
def _ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No attempts counted yet, no worker, and a model that says what it can do."""
    cache.clear()
    monkeypatch.setattr(workers, "served", lambda: None)
    monkeypatch.setattr(settings, "GENERATOR_MODEL", str(write_card(tmp_path / "model")))


def patterns(found: list[Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Route and name of every address there is."""
    for each in found:
        if isinstance(each, URLResolver):
            yield from patterns(each.url_patterns, prefix + str(each.pattern))
        elif isinstance(each, URLPattern):
            yield prefix + str(each.pattern), each.name or ""


def send(
    client: Client, row: Row, world: World, role: Role, *, slug: str = "", method: str = ""
) -> HttpResponseBase:
    """Send the row's request about the world's things, below another brand if `slug` says so; undo it."""
    args = [world.named(name, role) for name in row.args]
    address = reverse(row.name, args=[slug or world.brand.slug, *args])
    data = {name: value.format(sha256=world.review.content_sha256) for name, value in row.data.items()}
    method = method or row.method
    with undone():
        response: HttpResponseBase
        if method == "POST" and not row.content_type:
            response = client.post(address, data, headers=row.headers)
        elif method == "GET":
            response = client.get(address, data, headers=row.headers)
        else:
            kind = row.content_type or "text/plain"
            response = client.generic(method, address, row.body, kind, headers=row.headers)
        if response.streaming and not getattr(response, "is_async", False):
            list(response)  # to its end, where the file is closed
    return response


def for_no_program(row: Row, world: World) -> bool:
    """Whether the address needs what no token may do, such as saying who may do what."""
    args = [world.brand.slug, *(world.named(name, Role.ADMIN) for name in row.args)]
    needs = getattr(resolve(reverse(row.name, args=args)).func, "capability", None)
    return (
        row.name in NO_TOKEN
        or (row.name.startswith("bulk-") and row.name != "bulk-export")
        or (needs is not None and needs not in TOKEN_MAY)
    )


def signed_in(world: World, role: Role, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(world.people[role].user)
    return client


def with_token(secret: str, **options: Any) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"}, **options)


def as_guest(secret: str, client: Client | None = None) -> Client:
    """Somebody who opened the link, signed in elsewhere or not at all."""
    client = client or Client()
    request = RequestFactory().get("/")
    request.session = client.session
    principals.enter(request, secret=secret, at=timezone.now())
    request.session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key or ""
    return client


def differences(
    client: Client, world: World, expected: Callable[[Row], int | set[int]], *, slug: str = ""
) -> dict[str, int]:
    """What the client gets otherwise than expected, row by row."""
    wrong = {}
    for row in ROWS:
        right = expected(row)
        status = send(client, row, world, Role.CREATOR, slug=slug).status_code
        if status not in (right if isinstance(right, set) else {right}):
            wrong[str(row)] = status
    return wrong


def test_every_address_is_in_the_table() -> None:
    found = list(patterns(get_resolver().url_patterns))
    below_brand = {name for route, name in found if route.startswith("b/<slug:brand_slug>/")}
    elsewhere = {name for _, name in found} - below_brand
    assert below_brand == {row.name for row in ROWS}
    assert elsewhere == set(PUBLIC)


def test_each_role_gets_what_the_table_says() -> None:
    world, wrong = World(), {}
    for role in Role:
        client = signed_in(world, role)
        for row in ROWS:
            status = send(client, row, world, role).status_code
            if status != getattr(row, role.value):
                wrong[f"{row} as {role}"] = status
    assert wrong == {}


def test_a_token_gets_what_the_table_says_and_needs_no_forms_token() -> None:
    world = World()
    client = with_token(world.secret, enforce_csrf_checks=True)
    assert differences(client, world, lambda row: row.token) == {}


@pytest.mark.parametrize("role", Role)
def test_a_token_with_all_there_is_gets_what_its_owner_gets_but_decides_nothing(role: Role) -> None:
    world = World()
    owner = world.people[role]
    _, secret = tokens.create(by=owner, name="all", capabilities=owner.capabilities & TOKEN_MAY)
    client, wrong = with_token(secret, enforce_csrf_checks=True), {}
    for row in ROWS:
        patches = (row.method, row.name) == ("PATCH", "asset-rights") and getattr(row, role.value) != 404
        either = row.name in BY_EDITING_OR_DECIDING or patches
        decides = either and Capability.EDIT not in owner.capabilities
        right = 403 if decides or for_no_program(row, world) else getattr(row, role.value)
        if row.name == "release-file" and right == 302:
            right = row.token  # people are asked first what it is for
        status = send(client, row, world, role).status_code
        if status != right:
            wrong[str(row)] = status
    assert wrong == {}


def test_a_guest_gets_what_the_table_says() -> None:
    world = World()
    assert differences(as_guest(world.opens), world, lambda row: row.guest) == {}


def test_a_guest_who_is_a_member_elsewhere_is_a_guest_here() -> None:
    world, other = World(), World()
    client = as_guest(world.opens, signed_in(other, Role.ADMIN))
    assert differences(client, world, lambda row: row.guest) == {}


def test_a_member_who_opens_a_link_stays_a_member() -> None:
    world = World()
    client = as_guest(world.opens, signed_in(world, Role.CREATOR))
    assert differences(client, world, lambda row: row.creator) == {}


def test_a_guest_needs_the_forms_token_wherever_something_changes() -> None:
    world, wrong = World(), {}
    client = as_guest(world.opens, Client(enforce_csrf_checks=True))
    for row in CHANGING:
        status = send(client, row, world, Role.CREATOR).status_code
        if status != 403:
            wrong[str(row)] = status
    assert wrong == {}


def test_to_tokens_and_guests_of_another_brand_nothing_is_there() -> None:
    world, other = World(), World()
    assert differences(with_token(other.secret), world, lambda row: 404) == {}
    assert differences(as_guest(other.opens), world, lambda row: 404) == {}


def test_things_of_another_brand_are_not_there_for_tokens_and_guests_either() -> None:
    world, other = World(), World()
    slug = other.brand.slug

    def right(row: Row, column: str) -> int | set[int]:
        return {404, 403} if getattr(row, column) == 403 else 404 if row.args else getattr(row, column)

    token, guest = with_token(other.secret), as_guest(other.opens)
    assert differences(token, world, lambda row: right(row, "token"), slug=slug) == {}
    assert differences(guest, world, lambda row: right(row, "guest"), slug=slug) == {}


def test_a_token_that_is_unknown_or_has_ended_is_refused_everywhere_with_a_problem() -> None:
    world = World()
    tokens.revoke(world.token, by=world.people[Role.ADMIN])
    for secret in (world.secret, "rpt_unknown", ""):
        client = with_token(secret)
        assert differences(client, world, lambda row: 401) == {}
        # Also beside the session of somebody who may: who shows a token is asked for that alone.
        client.force_login(world.people[Role.ADMIN].user)
        response = client.get(reverse("library", args=[world.brand.slug]))
        assert response.status_code == 401
        assert response.headers["Content-Type"] == "application/problem+json"
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
        assert response.json()["code"] == "unauthorized"


def test_a_guest_whose_link_has_ended_finds_nothing() -> None:
    world = World()
    client = as_guest(world.opens)
    share_links.revoke(world.link, by=world.people[Role.LIBRARIAN])
    assert differences(client, world, lambda row: 404) == {}


def test_what_tokens_and_guests_download_is_in_the_trail_under_their_names() -> None:
    world = World()
    address = reverse("release-file", args=[world.brand.slug, world.released.pk]) + "?use=web&territory=DE"
    for client in (with_token(world.secret), as_guest(world.opens)):
        assert client.get(address).status_code == 200
    owner = world.people[Role.CREATOR].user
    events = Event.objects.filter(verb="release.downloaded").order_by("sequence")
    assert [(each.actor, each.actor_name, each.data["principal"]) for each in events] == [
        (owner, f"{owner} (nightly)", "token"),
        (None, "Agency (guest)", "guest"),
    ]
    assert trail.first_broken(world.brand) is None


def test_a_token_opens_nothing_outside_a_brand() -> None:
    client = with_token(World().secret)
    status = {name: client.get(reverse(name, args=args)).status_code for name, (_, _, args) in PUBLIC.items()}
    assert status == {name: nobody for name, (nobody, _, _) in PUBLIC.items()}


def test_nobody_is_sent_to_sign_in() -> None:
    world, wrong = World(), {}
    for row in ROWS:
        response = send(Client(), row, world, Role.ADMIN)
        where = response.headers.get("X-Sign-In" if row.headers else "Location", "")  # a program hears 401
        if not where.startswith(reverse("account_login")) or (row.headers and response.status_code != 401):
            wrong[str(row)] = response.status_code
    assert wrong == {}


def test_to_a_member_of_another_brand_nothing_is_there() -> None:
    world, other, wrong = World(), World(), {}
    for role in Role:
        client = signed_in(other, role)
        for row in ROWS:
            status = send(client, row, world, role).status_code
            if status != 404:
                wrong[f"{row} as {role}"] = status
    assert wrong == {}


def test_things_of_another_brand_are_not_there_below_ones_own() -> None:
    world, other, wrong = World(), World(), {}
    for role in Role:
        client = signed_in(other, role)
        for row in WITH_OBJECT:
            status = send(client, row, world, role, slug=other.brand.slug).status_code
            # A role that may not do it at all hears that, and nothing of the thing.
            if status != 404 and not (status == 403 == getattr(row, role.value)):
                wrong[f"{row} as {role}"] = status
    assert wrong == {}


def test_things_of_another_brand_in_a_form_stay_as_they_are() -> None:
    world, other = World(), World()
    client = signed_in(other, Role.ADMIN)
    form = {"asset": [str(world.draft.asset_id), str(world.released.asset_id)], "tags": "stolen"}
    for name in ("selection-tags", "selection-trash"):
        client.post(reverse(name, args=[other.brand.slug]), form)
    assert not Asset.objects.filter(brand=world.brand, tags__isnull=False).exists()
    assert Asset.objects.filter(brand=world.brand, trashed_at=None).count() == 4


def test_nothing_changes_without_the_forms_token() -> None:
    world, wrong = World(), {}
    for role in Role:
        client = signed_in(world, role, enforce_csrf_checks=True)
        for row in CHANGING:
            status = send(client, row, world, role).status_code
            if status != 403:
                wrong[f"{row} as {role}"] = status
    assert wrong == {}


def test_no_other_method_does_anything() -> None:
    world, wrong = World(), {}
    client = signed_in(world, Role.ADMIN)
    for row in ONE_OF_EACH:
        known = {each.method for each in ROWS if each.name == row.name}
        for method in sorted({"GET", "POST", "PUT", "PATCH", "DELETE"} - known):
            status = send(client, row, world, Role.ADMIN, method=method).status_code
            if status not in (403, 404, 405):
                wrong[f"{method} {row.name}"] = status
    assert wrong == {}


def test_addresses_outside_a_brand() -> None:
    nobody, somebody = Client(), signed_in(World(), Role.VIEWER)
    status = {
        name: (
            nobody.get(reverse(name, args=args)).status_code,
            somebody.get(reverse(name, args=args)).status_code,
            args,
        )
        for name, (_, _, args) in PUBLIC.items()
    }
    assert status == PUBLIC
