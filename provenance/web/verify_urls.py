"""The public verify page, outside any brand."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
