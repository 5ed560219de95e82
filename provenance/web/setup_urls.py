"""The address of the step about signing, below /setup/."""

from django.urls import URLPattern, path

from provenance.web import setup_signing

urlpatterns: list[URLPattern] = [path("signing/", setup_signing.signing, name="setup-signing")]
