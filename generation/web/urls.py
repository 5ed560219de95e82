"""Addresses of generation, below /b/<brand>/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
