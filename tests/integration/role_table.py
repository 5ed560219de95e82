"""What each role, a token and a guest get at each address. test_roles.py walks it and compares."""

from dataclasses import dataclass, field

from dam.accounts.capabilities import Capability
from tests.factories import PASSWORD

TUS = {"Tus-Resumable": "1.0.0"}
NEW_UPLOAD = {**TUS, "Upload-Length": "4", "Upload-Metadata": "filename Y2xpcC5tcDQ="}
PIECE = {**TUS, "Upload-Offset": "0"}
PIECE_TYPE = "application/offset+octet-stream"
KEY = "00000000-0000-4000-8000-000000000007"

TOKEN = (Capability.VIEW, Capability.VIEW_UNRELEASED, Capability.UPLOAD, Capability.DOWNLOAD_RELEASE)

# The form of an approval as the page sends it; the walk puts the content's hash in.
APPROVAL = {"kind": "approve", "sha256": "{sha256}", "uses": "web", "where": "EU", "password": PASSWORD}
BRIEF = {
    "prompt": "A red ball bouncing on a table",
    "frames": "17",
    "size": "128x80",
    "takes": "1",
    "steps": "8",
    "guidance": "3.0",
    "key": KEY,
}


@dataclass(frozen=True)
class Row:
    """One address and method: the status for each role, for an API token and for a guest.

    The token is a creator's that may do what TOKEN says, the guest may do all that one can.

    `args` are what the address names: words of role_world.World.named, or themselves.
    """

    method: str
    name: str
    args: tuple[str, ...]
    viewer: int
    creator: int
    brand_reviewer: int
    legal_reviewer: int
    librarian: int
    admin: int
    token: int
    guest: int
    data: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    content_type: str = ""

    def __str__(self) -> str:
        return " ".join((self.method, self.name, *self.args))


# Below /b/<brand>/. Whoever is not signed in is sent to sign in; a stranger gets 404 everywhere.
# fmt: off
ROWS = (
    #                                                viewer creator brand legal librarian admin token guest
    Row("GET",  "library", (),                          200, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "library-news", (),                     200, 200, 200, 200, 200, 200, 200, 403,
        {"since": "2026-01-01T00:00:00+00:00"}),
    Row("POST", "picture-search", (),                   302, 302, 302, 302, 302, 302, 302, 403),
    Row("GET",  "picture", (KEY,),                      404, 404, 404, 404, 404, 404, 404, 403),
    # Of the installation: no role of a brand opens them
    Row("GET",  "sign-in", (),                          403, 403, 403, 403, 403, 403, 403, 403),
    Row("GET",  "sign-in-add", ("oidc",),               403, 403, 403, 403, 403, 403, 403, 403),
    Row("POST", "sign-in-add", ("saml",),               403, 403, 403, 403, 403, 403, 403, 403),
    Row("GET",  "sign-in-provider", ("company",),       403, 403, 403, 403, 403, 403, 403, 403),
    Row("POST", "sign-in-provider", ("company",),       403, 403, 403, 403, 403, 403, 403, 403),
    Row("POST", "sign-in-remove", ("company",),         403, 403, 403, 403, 403, 403, 403, 403),
    Row("POST", "sign-in-domains", ("company",),        403, 403, 403, 403, 403, 403, 403, 403),
    Row("POST", "sign-in-rules", ("company",),          403, 403, 403, 403, 403, 403, 403, 403),
    Row("POST", "scim-token-create", (),                403, 403, 403, 403, 403, 403, 403, 403),
    Row("POST", "scim-token-revoke", ("1",),            403, 403, 403, 403, 403, 403, 403, 403),
    Row("GET",  "administration", (),                   403, 403, 403, 403, 403, 200, 403, 403),
    Row("GET",  "administration-log", (),               403, 403, 403, 403, 403, 200, 403, 403),
    Row("GET",  "administration-mail", (),              403, 403, 403, 403, 403, 403, 403, 403),
    Row("POST", "administration-mail", (),              403, 403, 403, 403, 403, 403, 403, 403),
    Row("POST", "administration-mail-test", (),         403, 403, 403, 403, 403, 403, 403, 403),
    Row("POST", "administration-mail-failed", (KEY,),   403, 403, 403, 403, 403, 403, 403, 403),
    Row("GET",  "brand", (),                            403, 403, 403, 403, 403, 200, 403, 403),
    Row("POST", "brand", (),                            403, 403, 403, 403, 403, 302, 403, 403,
        {"revision": "0", "name": "New", "accent_hue": "20", "prompt_disclosure": "hash",
         "unfinished_upload_days": "1"}),
    Row("POST", "brand-logo-change", ("light",),        403, 403, 403, 403, 403, 302, 403, 403),
    Row("POST", "brand-logo-remove", ("light",),        403, 403, 403, 403, 403, 302, 403, 403),
    Row("GET",  "demo-brand", (),                       403, 403, 403, 403, 403, 403, 403, 403),
    Row("POST", "demo-brand", (),                       403, 403, 403, 403, 403, 403, 403, 403),
    Row("GET",  "brand-new", (),                        403, 403, 403, 403, 403, 403, 403, 403),
    Row("POST", "brand-new", (),                        403, 403, 403, 403, 403, 403, 403, 403),
    Row("GET",  "brand-closing", (),                    403, 403, 403, 403, 403, 200, 403, 403),
    Row("POST", "brand-closing", (),                    403, 403, 403, 403, 403, 302, 403, 403,
        {"do": "export"}),
    Row("GET",  "brand-export", ("7",),                 403, 403, 403, 403, 403, 404, 403, 403),
    Row("GET",  "review-settings", (),                  403, 403, 403, 403, 403, 200, 403, 403),
    Row("POST", "review-settings", (),                  403, 403, 403, 403, 403, 302, 403, 403,
        {"revision": "0", "stages": "legal"}),
    Row("GET",  "roles", (),                            403, 403, 403, 403, 403, 200, 403, 403),
    Row("GET",  "role-add", (),                         403, 403, 403, 403, 403, 200, 403, 403),
    Row("POST", "role-add", (),                         403, 403, 403, 403, 403, 302, 403, 403,
        {"name": "Guide", "able": "view"}),
    Row("GET",  "role-edit", ("own role",),             403, 403, 403, 403, 403, 200, 403, 403),
    Row("POST", "role-edit", ("own role",),             403, 403, 403, 403, 403, 302, 403, 403,
        {"name": "Guide", "able": "view", "revision": "0"}),
    Row("GET",  "role-retire", ("own role",),           403, 403, 403, 403, 403, 200, 403, 403),
    Row("POST", "role-retire", ("own role",),           403, 403, 403, 403, 403, 302, 403, 403,
        {"successor": "viewer"}),
    Row("GET",  "person-password-link", ("colleague",), 403, 403, 403, 403, 403, 302, 403, 403),
    Row("POST", "person-password-link", ("colleague",), 403, 403, 403, 403, 403, 302, 403, 403),
    Row("GET",  "person-second-factor", ("colleague",), 403, 403, 403, 403, 403, 302, 403, 403),
    Row("POST", "person-second-factor", ("colleague",), 403, 403, 403, 403, 403, 302, 403, 403),
    Row("GET",  "administration-api", (),               403, 403, 403, 403, 403, 200, 403, 403),
    Row("POST", "administration-api-revoke", ("token",), 403, 403, 403, 403, 403, 302, 403, 403),
    Row("GET",  "administration-running", (),           403, 403, 403, 403, 403, 200, 403, 403),
    Row("GET",  "administration-failed", (),            403, 403, 403, 403, 403, 200, 403, 403),
    Row("POST", "administration-retry-failed", ("poster",), 403, 403, 403, 403, 403, 302, 403, 403),
    Row("GET",  "administration-models", (),            403, 403, 403, 403, 403, 403, 403, 403),
    Row("GET",  "webhooks", (),                         403, 403, 403, 403, 403, 200, 403, 403),
    Row("POST", "webhooks", (),                         403, 403, 403, 403, 403, 302, 403, 403,
        {"name": "Other", "url": "https://example.com/", "kinds": "asked"}),
    Row("GET",  "webhook", ("hook",),                   403, 403, 403, 403, 403, 200, 403, 403),
    Row("POST", "webhook", ("hook",),                   403, 403, 403, 403, 403, 302, 403, 403,
        {"name": "Other", "url": "https://example.com/", "kinds": "asked"}),
    Row("GET",  "webhook-log", ("hook",),               403, 403, 403, 403, 403, 200, 403, 403),
    Row("POST", "webhook-act", ("hook", "test"),        403, 403, 403, 403, 403, 302, 403, 403),
    Row("POST", "webhook-redeliver", ("hook", "delivery"), 403, 403, 403, 403, 403, 302, 403, 403),
    Row("GET",  "palette", (),                          200, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "asset", ("released.asset",),           200, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "asset", ("draft.asset",),              404, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "asset", ("released.asset",),           200, 200, 200, 200, 200, 200, 200, 403,
        {"tab": "versions"}),
    Row("GET",  "asset", ("released.asset",),           200, 200, 200, 200, 200, 200, 200, 403,
        {"version": "1"}),
    Row("GET",  "asset", ("released.asset",),           404, 404, 404, 404, 404, 404, 404, 403,
        {"version": "2"}),
    Row("GET",  "asset", ("draft.asset",),              404, 200, 200, 200, 200, 200, 200, 403,
        {"version": "1"}),
    Row("GET",  "asset-card", ("released.asset",),      200, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "asset-card", ("draft.asset",),         404, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "asset-usage", ("released.asset",),  200, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "asset-usage", ("draft.asset",),     404, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "asset-edit", ("draft.asset",),         403, 200, 403, 403, 200, 200, 403, 403),
    Row("POST", "asset-edit", ("draft.asset",),         403, 302, 403, 403, 302, 302, 403, 403,
        {"title": "New title"}),
    Row("GET",  "asset-suggested-tags", ("draft.asset",), 403, 200, 403, 403, 200, 200, 403, 403),
    Row("POST", "asset-suggested-tag", ("draft.asset", "suggestion"), 403, 302, 403, 403, 302, 302, 403, 403,
        {"answer": "accept"}),
    Row("POST", "asset-trash", ("draft.asset",),        403, 403, 403, 403, 302, 302, 403, 403),
    Row("POST", "asset-restore", ("trashed",),          403, 404, 403, 403, 302, 302, 403, 403),
    # Of a clip in the trash too. To lift a hold they confirm that it is them
    Row("GET",  "asset-hold", ("draft.asset",),         403, 403, 403, 200, 403, 200, 403, 403),
    Row("POST", "asset-hold", ("draft.asset",),         403, 403, 403, 302, 403, 302, 403, 403,
        {"do": "place", "reason": "Case 7"}),
    Row("POST", "asset-hold", ("trashed",),             403, 403, 403, 302, 403, 302, 403, 403,
        {"do": "lift", "reason": "Case 7"}),
    Row("GET",  "asset", ("trashed",),                  404, 404, 404, 404, 404, 404, 404, 403),
    Row("POST", "selection-tags", (),                   403, 302, 403, 403, 302, 302, 403, 403,
        {"tags": "summer"}),
    Row("POST", "selection-trash", (),                  403, 302, 403, 403, 302, 302, 403, 403),
    Row("POST", "selection-hold", (),                   403, 403, 403, 302, 403, 302, 403, 403),
    Row("GET",  "trash", (),                            403, 200, 403, 403, 200, 200, 403, 403),
    Row("POST", "trash-undo", (),                       403, 302, 403, 403, 302, 302, 403, 403,
        {"at": "2026-01-01T00:00:00+00:00"}),
    Row("POST", "trash-delete", (),                     403, 403, 403, 403, 200, 200, 403, 403),
    Row("POST", "trash-delete", (),                     403, 403, 403, 403, 302, 302, 403, 403,
        {"sure": "1"}),
    Row("GET",  "activity", (),                         403, 200, 200, 200, 200, 200, 403, 403),
    Row("POST", "activity-export", (),                  403, 403, 403, 403, 403, 200, 403, 403),
    Row("GET",  "activity-check", (),                   403, 200, 200, 200, 200, 200, 403, 403),
    Row("GET",  "activity-check-all", (),               403, 200, 200, 200, 200, 200, 403, 403),
    Row("POST", "activity-check-all", (),               403, 302, 302, 302, 302, 302, 403, 403),
    Row("GET",  "brand-logo", ("light",),               404, 404, 404, 404, 404, 404, 404, 404),
    Row("GET",  "brand-css", (),                        200, 200, 200, 200, 200, 200, 200, 200),
    Row("GET",  "events", (),                           200, 200, 200, 200, 200, 200, 200, 403),

    # Collections: everyone's to see; filled by all but viewers, changed by who made it and who curates
    Row("GET",  "collections", (),                      200, 200, 200, 200, 200, 200, 200, 403),
    Row("POST", "recent-clear", (),                     302, 302, 302, 302, 302, 302, 302, 403),
    Row("GET",  "collection", ("collection",),          200, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "collection-cover", ("collection",),    200, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "collection-new", (),                   403, 200, 200, 200, 200, 200, 403, 403),
    Row("POST", "collection-new", (),                   403, 302, 302, 302, 302, 302, 403, 403,
        {"name": "Autumn"}),
    Row("GET",  "collection-edit", ("collection",),     403, 403, 403, 403, 200, 200, 403, 403),
    Row("POST", "collection-edit", ("collection",),     403, 403, 403, 403, 302, 302, 403, 403,
        {"name": "Autumn"}),
    Row("POST", "collection-delete", ("collection",),   403, 403, 403, 403, 302, 302, 403, 403),
    Row("POST", "collection-add", (),                   403, 302, 302, 302, 302, 302, 403, 403,
        {"asset": KEY, "name": "Autumn"}),
    Row("POST", "collection-remove", ("collection",),   403, 302, 302, 302, 302, 302, 403, 403,
        {"asset": KEY}),
    Row("POST", "collection-move", ("collection",),     403, 302, 302, 302, 302, 302, 403, 403,
        {"asset": KEY, "to": "end"}),
    Row("POST", "collection-undo", ("collection",),     403, 302, 302, 302, 302, 302, 403, 403,
        {"done": "removed", "at": "2026-01-01T00:00:00+00:00"}),

    Row("POST", "asset-favourite", ("released.asset",), 302, 302, 302, 302, 302, 302, 302, 403, {"on": "1"}),
    Row("POST", "asset-favourite", ("draft.asset",),    404, 302, 302, 302, 302, 302, 302, 403, {"on": "1"}),

    # Saved searches: what is shared, only who made it and who curates can change
    Row("GET",  "saved-searches", (),                   200, 200, 200, 200, 200, 200, 200, 403),
    Row("POST", "saved-search-save", (),                302, 302, 302, 302, 302, 302, 302, 403,
        {"query": "?state=draft", "name": "Drafts"}),
    Row("GET",  "saved-search", ("search",),            302, 302, 302, 302, 302, 302, 302, 403),
    Row("GET",  "saved-search-cover", ("search",),      200, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "saved-search-edit", ("search",),       403, 403, 403, 403, 200, 200, 403, 403),
    Row("POST", "saved-search-edit", ("search",),       403, 403, 403, 403, 302, 302, 403, 403,
        {"name": "All uploads", "shared": "on"}),
    Row("POST", "saved-search-update", ("search",),     403, 403, 403, 403, 302, 302, 403, 403,
        {"query": "?state=draft"}),
    Row("POST", "saved-search-delete", ("search",),     403, 403, 403, 403, 302, 302, 403, 403),
    Row("POST", "saved-search-restore", ("search",),    302, 302, 302, 302, 302, 302, 302, 403),
    Row("POST", "saved-search-alert", ("search",),      302, 302, 302, 302, 302, 302, 302, 403, {"on": "1"}),
    Row("GET",  "alert-news", (),                       200, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "alert-count", (),                      200, 200, 200, 200, 200, 200, 200, 403),
    Row("POST", "alert-read", (),                       302, 302, 302, 302, 302, 302, 302, 403),

    # Notifications: a person's own
    Row("GET",  "notifications", (),                    200, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "notification-count", (),               200, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "notification-bell", (),                200, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "notification", ("1",),                 404, 404, 404, 404, 404, 404, 404, 403),
    Row("POST", "notification-read", (),                302, 302, 302, 302, 302, 302, 302, 403, {"all": "1"}),
    Row("GET",  "notification-settings", (),            200, 200, 200, 200, 200, 200, 200, 403),
    Row("POST", "notification-settings", (),            302, 302, 302, 302, 302, 302, 302, 403,
        {"digest_at": "08:00"}),
    Row("GET",  "search-help", (),                      200, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "suggest", (),                          200, 200, 200, 200, 200, 200, 200, 403, {"q": "cl"}),
    Row("POST", "search-settled", (),                   204, 204, 204, 204, 204, 204, 204, 403,
        {"query": "?state=draft"}),
    Row("POST", "searches-forget", (),                  302, 302, 302, 302, 302, 302, 302, 403),
    Row("GET",  "searches-without-results", (),         403, 403, 403, 403, 403, 200, 403, 403),
    Row("POST", "searches-without-results-clear", (),   403, 403, 403, 403, 403, 302, 403, 403),

    # Uploads: a person's own; the files of a version
    Row("GET",  "uploads", (),                          403, 200, 403, 403, 200, 200, 200, 403, headers=TUS),
    Row("OPTIONS", "upload-create", (),                 403, 204, 403, 403, 204, 204, 204, 403, headers=TUS),
    Row("POST", "upload-create", (),                    403, 201, 403, 403, 201, 201, 201, 403,
        headers=NEW_UPLOAD),
    Row("HEAD", "upload-piece", ("own upload",),        403, 200, 403, 403, 200, 200, 200, 403, headers=TUS),
    Row("GET",  "upload-piece", ("own upload",),        403, 200, 403, 403, 200, 200, 200, 403, headers=TUS),
    Row("PATCH", "upload-piece", ("own upload",),       403, 204, 403, 403, 204, 204, 204, 403,
        headers=PIECE, body=b"cl", content_type=PIECE_TYPE),
    Row("DELETE", "upload-piece", ("own upload",),      403, 204, 403, 403, 204, 204, 204, 403, headers=TUS),
    Row("POST", "step-retry", ("draft", "poster"),      403, 302, 403, 403, 302, 302, 403, 403),
    Row("GET",  "file", ("released", "poster"),         200, 200, 200, 200, 200, 200, 200, 200),
    Row("GET",  "file", ("released", "sprite"),         200, 200, 200, 200, 200, 200, 200, 200),
    Row("GET",  "file", ("released", "proxy"),          200, 200, 200, 200, 200, 200, 200, 200),
    Row("GET",  "file", ("released", "master"),         403, 200, 403, 200, 200, 200, 403, 403),
    Row("GET",  "file", ("released", "secret"),         404, 404, 404, 404, 404, 404, 404, 404),
    Row("GET",  "file-part", ("released", "proxy", "part-1"), 200, 200, 200, 200, 200, 200, 200, 200),
    Row("GET",  "file-part", ("released", "master", "part-1"), 403, 404, 403, 404, 404, 404, 403, 403),

    # Generation
    Row("GET",  "generate", (),                         403, 200, 403, 403, 200, 200, 403, 403),
    Row("POST", "generate", (),                         403, 302, 403, 403, 302, 302, 403, 403, BRIEF),
    Row("GET",  "generate-forecast", (),                403, 200, 403, 403, 200, 200, 403, 403),
    Row("GET",  "jobs-running", (),                     403, 200, 403, 403, 200, 200, 403, 403),
    Row("GET",  "job", ("job",),                        403, 200, 403, 403, 200, 200, 403, 403),
    Row("POST", "job-cancel", ("job",),                 403, 302, 403, 403, 302, 302, 403, 403),
    Row("POST", "job-retry", ("job",),                  403, 302, 403, 403, 302, 302, 403, 403),
    Row("POST", "job-more", ("job",),                   403, 302, 403, 403, 302, 302, 403, 403, {"key": KEY}),
    Row("GET",  "asset-origin", ("released.asset",),    200, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "asset-origin", ("draft.asset",),       404, 200, 200, 200, 200, 200, 200, 403),

    # People: of those who manage them; the account itself is the installation administrator's
    Row("GET",  "people", (),                           403, 403, 403, 403, 403, 200, 403, 403),
    Row("GET",  "people-invite", (),                    403, 403, 403, 403, 403, 200, 403, 403),
    Row("POST", "people-invite", (),                    403, 403, 403, 403, 403, 302, 403, 403,
        {"people": "new@example.com", "role": "viewer", "step": "send"}),
    Row("GET",  "invitations", (),                      403, 403, 403, 403, 403, 200, 403, 403),
    Row("POST", "invitation-resend", ("invitation",),   403, 403, 403, 403, 403, 302, 403, 403),
    Row("POST", "invitation-revoke", ("invitation",),   403, 403, 403, 403, 403, 302, 403, 403),
    Row("GET",  "person", ("person",),                  403, 403, 403, 403, 403, 200, 403, 403),
    Row("POST", "person-role", ("person",),             403, 403, 403, 403, 403, 302, 403, 403,
        {"role": "viewer"}),
    Row("GET",  "person-deactivate", ("person",),       403, 403, 403, 403, 403, 200, 403, 403),
    Row("POST", "person-deactivate", ("person",),       403, 403, 403, 403, 403, 302, 403, 403),
    Row("POST", "person-reactivate", ("left",),         403, 403, 403, 403, 403, 302, 403, 403),
    Row("GET",  "person-close", ("person",),            403, 403, 403, 403, 403, 403, 403, 403),
    Row("POST", "person-close", ("person",),            403, 403, 403, 403, 403, 403, 403, 403),
    Row("POST", "person-reopen", ("person",),           403, 403, 403, 403, 403, 403, 403, 403),
    Row("GET",  "person-erase", ("person",),            403, 403, 403, 403, 403, 403, 403, 403),
    Row("POST", "person-erase", ("person",),            403, 403, 403, 403, 403, 403, 403, 403),
    Row("GET",  "groups", (),                           403, 403, 403, 403, 403, 200, 403, 403),
    Row("POST", "groups", (),                           403, 403, 403, 403, 403, 302, 403, 403,
        {"name": "Night shift"}),
    Row("GET",  "group", ("group",),                    403, 403, 403, 403, 403, 200, 403, 403),
    Row("POST", "group", ("group",),                    403, 403, 403, 403, 403, 302, 403, 403,
        {"name": "Day shift"}),
    Row("POST", "group-delete", ("group",),             403, 403, 403, 403, 403, 302, 403, 403),
    Row("GET",  "welcome", (),                          200, 200, 200, 200, 200, 200, 200, 403),

    # Credentials
    Row("GET",  "asset-credentials", ("released.asset",), 200, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "asset-credentials", ("draft.asset",),  404, 200, 200, 200, 200, 200, 200, 403),
    Row("POST", "release-sign", ("released.asset",),    403, 302, 403, 403, 302, 302, 403, 403),

    # Releases: 403 where the rights policy refuses
    Row("GET",  "release-file", ("released",),          200, 200, 200, 200, 200, 200, 200, 200),
    Row("GET",  "release-file", ("draft",),             404, 403, 403, 403, 403, 403, 403, 404),

    # Review: 422 is a refusal with its reason, to people who do review
    Row("GET",  "reviews-start", (),                    302, 302, 302, 302, 302, 302, 302, 403),
    Row("GET",  "asset-open-review", ("draft.asset",),  403, 302, 302, 302, 302, 302, 302, 403),
    Row("GET",  "reviews", (),                          403, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "review-count", (),                     200, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "review", ("review",),                  403, 200, 200, 200, 200, 200, 200, 403),
    Row("POST", "review-decide", ("review",),           403, 403, 302, 422, 403, 403, 403, 403, APPROVAL),
    Row("POST", "review-passkey", ("review",),          403, 403, 404, 403, 403, 403, 403, 403),
    Row("POST", "review-withdraw", ("review",),         403, 403, 403, 403, 403, 302, 403, 403),
    Row("GET",  "asset-review", ("released.asset",),    200, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "asset-review", ("draft.asset",),       404, 200, 200, 200, 200, 200, 200, 403),
    Row("POST", "review-submit", ("draft.asset",),      403, 302, 403, 403, 302, 302, 403, 403),
    Row("POST", "review-revoke", ("released.asset",),   403, 403, 302, 302, 403, 302, 403, 403,
        {"reason": "Ended"}),
    Row("GET",  "comments", ("draft",),                 403, 200, 200, 200, 200, 200, 200, 403),
    Row("POST", "comment-add", ("draft",),              403, 302, 302, 302, 302, 302, 403, 403,
        {"body": "Lovely"}),
    Row("GET",  "comment-people", (),                   403, 200, 200, 200, 200, 200, 403, 403),
    Row("POST", "comment-resolve", ("comment",),        403, 302, 302, 302, 302, 302, 403, 403),
)

# Outside any brand: the status of GET for somebody not signed in, and for somebody who is.
PUBLIC = {
    "home":                                   (302, 302, ()),
    "healthz":                                (200, 200, ()),
    "readyz":                                 (503, 503, ()),
    "mail-unsubscribe":                       (404, 404, ("nothing",)),
    "metrics":                                (404, 404, ()),
    "setup":                                  (302, 302, ()),
    "setup-brand":                            (302, 302, ()),
    "setup-mail":                             (302, 302, ()),
    "setup-signing":                          (302, 302, ()),
    "setup-files":                            (302, 302, ()),
    "setup-administrator":                    (302, 302, ()),
    "setup-open":                             (302, 302, ("nothing",)),
    "join":                                   (404, 404, ()),
    "join-link":                              (302, 302, ("nothing",)),
    "join-switch":                            (405, 405, ()),
    "verify":                                 (200, 200, ()),
    "verify-result":                          (404, 404, ("nothing",)),
    "brand-logo-outside":                     (404, 404, ("nothing",)),
    "account_login":                          (200, 302, ()),
    "mfa_login_webauthn":                     (302, 302, ()),
    "mfa_authenticate":                       (302, 302, ()),
    "mfa_reauthenticate":                     (302, 302, ()),
    "mfa_reauthenticate_webauthn":            (302, 302, ()),
    "account_confirm_elsewhere":              (302, 200, ()),
    "account_second_factor":                  (302, 302, ()),
    "account":                                (302, 302, ()),
    "account_profile":                        (302, 200, ()),
    "mfa_index":                              (302, 200, ()),
    "mfa_list_webauthn":                      (302, 302, ()),
    "mfa_add_webauthn":                       (302, 302, ()),
    "mfa_edit_webauthn":                      (302, 302, (7,)),
    "mfa_remove_webauthn":                    (302, 302, (7,)),
    "mfa_activate_totp":                      (302, 302, ()),
    "mfa_deactivate_totp":                    (302, 302, ()),
    "mfa_view_recovery_codes":                (302, 302, ()),
    "mfa_generate_recovery_codes":            (302, 302, ()),
    "account_address_send":                   (302, 405, ()),
    "usersessions_list":                      (302, 200, ()),
    "account_sessions_end_others":            (405, 405, ()),
    "account_session_end":                    (405, 405, (7,)),
    "account_tokens":                         (302, 200, ()),
    "account_token_new":                      (302, 302, ()),
    "account_token_revoke":                   (405, 405, (7,)),
    "account_logout":                         (302, 200, ()),
    "openid_connect_login":                   (404, 404, ("nothing",)),
    "openid_connect_callback":                (404, 404, ("nothing",)),
    "company-signed-out":                     (404, 404, ("nothing",)),
    "saml_login":                             (404, 404, ("nothing",)),
    "saml_acs":                               (405, 405, ("nothing",)),
    "saml_finish_acs":                        (404, 404, ("nothing",)),
    "saml_metadata":                          (404, 404, ("nothing",)),
    "saml_sls":                               (404, 404, ("nothing",)),
    "scim-root":                              (401, 401, ()),
    "scim":                                   (401, 401, ("Users",)),
    "account_signup":                         (404, 404, ()),
    "account_inactive":                       (404, 404, ()),
    "account_reauthenticate":                 (302, 200, ()),
    "account_email":                          (404, 404, ()),
    "account_email_verification_sent":        (404, 404, ()),
    "account_confirm_email":                  (302, 410, ("nothing",)),
    "account_change_password":                (302, 200, ()),
    "account_set_password":                   (404, 404, ()),
    "account_reset_password":                 (200, 200, ()),
    "account_reset_password_done":            (200, 200, ()),
    "account_reset_password_from_key":        (200, 200, ("a", "nothing")),
    "account_reset_password_from_key_done":   (200, 200, ()),
    "account_confirm_login_code":             (404, 404, ()),
}
# fmt: on
