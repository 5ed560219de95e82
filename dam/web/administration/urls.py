"""The administration's addresses, below /b/<brand>/administration/."""

from django.urls import URLPattern, path

from dam.web.administration import overview

urlpatterns: list[URLPattern] = [
    path("", overview.overview, name="administration"),
]
