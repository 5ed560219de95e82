"""Credentials, releases, downloads and reviews."""

from tests.integration.role_rows.row import APPROVAL, KEY, Row

# fmt: off
ROWS = (
    #                                                viewer creator brand legal librarian admin token guest
    # Credentials
    Row("GET",  "asset-credentials", ("released.asset",), 200, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "asset-credentials", ("draft.asset",),  404, 200, 200, 200, 200, 200, 200, 403),
    Row("POST", "release-sign", ("released.asset",),    403, 302, 403, 403, 302, 302, 403, 403),

    # Releases: 403 where the rights policy refuses
    Row("GET",  "release-file", ("released",),          200, 200, 200, 200, 200, 200, 200, 200),
    Row("GET",  "release-file", ("draft",),             404, 403, 403, 403, 403, 403, 403, 404),

    Row("GET",  "asset-downloads", ("released.asset",), 200, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "asset-downloads", ("draft.asset",),    404, 200, 200, 200, 200, 200, 200, 403),
    Row("POST", "download-make", ("released", "preset"), 302, 302, 302, 302, 302, 302, 302, 403),
    Row("POST", "download-make", ("draft", "preset"),   404, 302, 302, 302, 302, 302, 302, 403),
    Row("GET",  "download-file", ("preset file",),      404, 404, 404, 404, 404, 404, 404, 403),
    Row("POST", "download-cancel", ("preset file",),    302, 302, 302, 302, 302, 302, 302, 403),

    Row("POST", "selection-download", (),               200, 200, 200, 200, 200, 200, 200, 403,
        {"asset": KEY}),
    Row("POST", "download-zip", (),                     200, 200, 200, 200, 200, 200, 200, 403,
        {"asset": KEY}),

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
    Row("GET",  "review-chosen", ("draft.asset",),      403, 200, 403, 403, 200, 200, 403, 403),
    Row("POST", "review-submit", ("draft.asset",),      403, 302, 403, 403, 302, 302, 403, 403),
    Row("POST", "review-revoke", ("released.asset",),   403, 403, 302, 302, 403, 302, 403, 403,
        {"reason": "Ended"}),
    Row("GET",  "review-copies-asked", ("released.asset",),
                                                        403, 403, 200, 200, 403, 200, 403, 403),
    Row("GET",  "recalls", (),                          403, 403, 200, 200, 403, 200, 403, 403),
    Row("GET",  "recall", ("recall",),                  403, 403, 200, 200, 403, 200, 403, 403),
    Row("GET",  "recall-export", ("recall",),           403, 403, 200, 200, 403, 200, 403, 403),
    Row("POST", "recall-remind", ("recall",),           403, 403, 302, 302, 403, 302, 403, 403),
    Row("GET",  "take-downs", (),                       200, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "take-down", ("recall",),               200, 200, 200, 200, 200, 200, 403, 403),
    Row("POST", "take-down-confirm", ("recall",),       302, 302, 302, 302, 302, 302, 403, 403),
    Row("POST", "take-down-back", ("recall",),          302, 302, 302, 302, 302, 302, 403, 403),
    Row("GET",  "comments", ("draft",),                 403, 200, 200, 200, 200, 200, 200, 403),
    Row("GET",  "comment-export", ("draft", "csv"),     403, 200, 200, 200, 200, 200, 200, 403),
    Row("POST", "comment-add", ("draft",),              403, 302, 302, 302, 302, 302, 403, 403,
        {"body": "Lovely"}),
    Row("GET",  "comment-people", (),                   403, 200, 200, 200, 200, 200, 403, 403),
    Row("POST", "comment-resolve", ("comment",),        403, 302, 302, 302, 302, 302, 403, 403),
    Row("POST", "comment-edit", ("own comment",),       403, 302, 302, 302, 302, 302, 403, 403,
        {"body": "Lovelier"}),
    Row("POST", "comment-delete", ("own comment",),     403, 302, 302, 302, 302, 302, 403, 403),
    Row("POST", "comment-restore", ("own comment",),    403, 302, 302, 302, 302, 302, 403, 403),
    Row("POST", "comment-edit", ("comment",),           403, 403, 403, 403, 403, 403, 403, 403,
        {"body": "Lovelier"}),
    Row("GET",  "review-guests", ("review",),           403, 200, 200, 200, 200, 200, 403, 403),
    Row("POST", "review-guests", ("review",),           403, 422, 422, 422, 422, 422, 403, 403),
    Row("GET",  "review-guests-said", ("review",),      403, 200, 200, 200, 200, 200, 200, 403),
    Row("POST", "guest-link-again", ("review", "guest link"),
                                                        403, 302, 302, 302, 302, 302, 403, 403),
    Row("POST", "guest-link-revoke", ("review", "guest link"),
                                                        403, 302, 302, 302, 302, 302, 403, 403),
    Row("POST", "guest-link-erase", ("review", "guest link"),
                                                        403, 403, 403, 403, 403, 302, 403, 403),
    Row("POST", "guest-remark-answer", ("review", "guest remark"),
                                                        403, 302, 302, 302, 302, 302, 403, 403,
        {"body": "Thanks"}),
    Row("POST", "comment-for-guests", ("comment",),     403, 302, 302, 302, 302, 302, 403, 403,
        {"shown": "yes"}),
    Row("POST", "comment-delete", ("comment",),         403, 403, 403, 403, 403, 403, 403, 403),
    Row("POST", "comment-restore", ("comment",),        403, 403, 403, 403, 403, 403, 403, 403),
)
# fmt: on
