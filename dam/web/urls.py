"""The library's addresses, below /b/<brand>/."""

from django.urls import URLPattern, path

from dam.web import events

urlpatterns: list[URLPattern] = [
    path("events/", events.stream, name="events"),
]
