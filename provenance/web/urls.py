"""Addresses of provenance, below /b/<brand>/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
