"""The public verify page, outside any brand."""

from django.urls import URLPattern, path

from provenance.web import verify

urlpatterns: list[URLPattern] = [
    path("", verify.verify, name="verify"),
    path("<slug:submission_id>/", verify.result, name="verify-result"),
]
