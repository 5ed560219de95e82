"""The library, its searches, collections and notifications."""

from tests.integration.role_rows.row import KEY, Row

# fmt: off
ROWS = (
    #                                                viewer creator brand legal librarian admin token guest
    Row("GET",  "library", (),                          200, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "library-news", (),                     200, 200, 200, 200, 200, 200, 200, 403,
        {"since": "2026-01-01T00:00:00+00:00"}),
    Row("GET",  "library-columns", (),                  200, 200, 200, 200, 200, 200, 403, 403),
    Row("POST", "library-columns", (),                  302, 302, 302, 302, 302, 302, 403, 403),
    Row("POST", "picture-search", (),                   302, 302, 302, 302, 302, 302, 302, 403),
    Row("GET",  "picture", (KEY,),                      404, 404, 404, 404, 404, 404, 404, 403),

    Row("GET",  "palette", (),                          200, 200, 200, 200, 200, 200, 200, 403),

    Row("GET",  "activity", (),                         403, 200, 200, 200, 200, 200, 403, 403),
    Row("POST", "activity-export", (),                  403, 403, 403, 403, 403, 200, 403, 403),
    Row("GET",  "activity-check", (),                   403, 200, 200, 200, 200, 200, 403, 403),
    Row("GET",  "activity-check-all", (),               403, 200, 200, 200, 200, 200, 403, 403),
    Row("POST", "activity-check-all", (),               403, 302, 302, 302, 302, 302, 403, 403),
    Row("GET",  "rights-ends", (),                      200, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "rights-month", (),                     200, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "rights-ends-export", (),               200, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "brand-logo", ("light",),               404, 404, 404, 404, 404, 404, 404, 404),
    Row("GET",  "brand-css", (),                        200, 200, 200, 200, 200, 200, 200, 200),
    Row("GET",  "events", (),                           200, 200, 200, 200, 200, 200, 200, 403),

    # Collections: everyone's to see; filled by all but viewers, changed by who made it and who curates
    Row("GET",  "collections", (),                      200, 200, 200, 200, 200, 200, 200, 403),
    Row("POST", "recent-clear", (),                     302, 302, 302, 302, 302, 302, 302, 403),
    Row("GET",  "collection", ("collection",),          200, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "collection-cover", ("collection",),    200, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "collection-standing", ("collection",), 200, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "collection-news", ("collection",),     200, 200, 200, 200, 200, 200, 200, 403,
        {"seen": "0"}),
    Row("GET",  "collection-targets", (),               403, 200, 200, 200, 200, 200, 403, 403),
    Row("GET",  "collection-new", (),                   403, 200, 200, 200, 200, 200, 403, 403),
    Row("POST", "collection-new", (),                   403, 302, 302, 302, 302, 302, 403, 403,
        {"name": "Autumn"}),
    Row("GET",  "collection-edit", ("collection",),     403, 403, 403, 403, 200, 200, 403, 403),
    Row("POST", "collection-edit", ("collection",),     403, 403, 403, 403, 302, 302, 403, 403,
        {"name": "Autumn"}),
    Row("POST", "collection-choose-cover", ("collection",), 403, 403, 403, 403, 302, 302, 403, 403,
        {"cover": ""}),
    Row("POST", "collection-delete", ("collection",),   403, 403, 403, 403, 302, 302, 403, 403),
    Row("POST", "collection-add", (),                   403, 302, 302, 302, 302, 302, 403, 403,
        {"asset": KEY, "name": "Autumn"}),
    Row("POST", "collection-remove", ("collection",),   403, 302, 302, 302, 302, 302, 403, 403,
        {"asset": KEY}),
    Row("POST", "collection-move", ("collection",),     403, 302, 302, 302, 302, 302, 403, 403,
        {"asset": KEY, "to": "end"}),
    Row("POST", "collection-move-inside", ("collection",), 403, 302, 302, 302, 302, 302, 403, 403,
        {"to": "end"}),
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
)
# fmt: on
