"""Short addresses of releases, outside any brand: they are printed, so they stay as they are."""

from django.urls import URLPattern, path

from provenance.web import release_status

urlpatterns: list[URLPattern] = [
    path("<slug:code>/", release_status.page, name="release-status"),
]
