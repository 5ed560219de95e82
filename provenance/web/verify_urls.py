"""The public verify page, outside any brand."""

from django.urls import URLPattern, path

from provenance.web import verify, verify_address, verify_here, verify_pair

urlpatterns: list[URLPattern] = [
    path("", verify.verify, name="verify"),
    path("reader.json", verify_here.reader, name="verify-reader"),
    path("address/", verify_address.submit, name="verify-address"),
    path("known/", verify_here.known, name="verify-known"),
    path("compare/<slug:pair_id>/", verify_pair.result, name="verify-compared"),
    path("compare/<slug:pair_id>/cancel/", verify_pair.cancel, name="verify-compare-cancel"),
    path("<slug:submission_id>/", verify.result, name="verify-result"),
]
