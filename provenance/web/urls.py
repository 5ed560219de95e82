"""Addresses of provenance, below /b/<brand>/."""

from django.urls import URLPattern, path

from provenance.web import (
    credentials,
    release_file,
    review_asset,
    review_comments,
    review_room,
    review_settings,
)

urlpatterns: list[URLPattern] = [
    path("assets/<uuid:asset_id>/credentials/", credentials.panel, name="asset-credentials"),
    path("assets/<uuid:asset_id>/release/", credentials.sign_again, name="release-sign"),
    path("versions/<uuid:version_id>/release/", release_file.release_file, name="release-file"),
    path("administration/review/", review_settings.review_settings, name="review-settings"),
    path("reviews/", review_room.reviews_page, name="reviews"),
    path("reviews/start/", review_room.start, name="reviews-start"),
    path("reviews/count/", review_room.count, name="review-count"),
    path("reviews/<uuid:review_id>/", review_room.room, name="review"),
    path("reviews/<uuid:review_id>/decide/", review_room.decide, name="review-decide"),
    path("reviews/<uuid:review_id>/passkey/", review_room.ask_passkey, name="review-passkey"),
    path("reviews/<uuid:review_id>/withdraw/", review_asset.withdraw, name="review-withdraw"),
    path("assets/<uuid:asset_id>/review/", review_asset.panel, name="asset-review"),
    path("assets/<uuid:asset_id>/review/open/", review_asset.open_review, name="asset-open-review"),
    path("assets/<uuid:asset_id>/review/submit/", review_asset.submit, name="review-submit"),
    path("assets/<uuid:asset_id>/review/revoke/", review_asset.revoke, name="review-revoke"),
    path("versions/<uuid:version_id>/comments/", review_comments.listing, name="comments"),
    path("versions/<uuid:version_id>/comments/add/", review_comments.add, name="comment-add"),
    path("comments/people/", review_comments.people, name="comment-people"),
    path("comments/<int:comment_id>/resolve/", review_comments.resolve, name="comment-resolve"),
]
