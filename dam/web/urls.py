"""The library's addresses, below /b/<brand>/."""

from django.urls import URLPattern, path

from dam.web import events, theme

urlpatterns: list[URLPattern] = [
    path("brand.css", theme.brand_css, name="brand-css"),
    path("events/", events.stream, name="events"),
]
