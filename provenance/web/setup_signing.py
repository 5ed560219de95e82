"""The step of the first run about signing: the development CA, or keys of one's own, which are checked."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dam.core.errors import Refused
from dam.web.setup import steps
from provenance.manifests import signers, trust_anchors
from provenance.manifests.development_ca import Purpose
from provenance.manifests.signers import KeyFiles

SETTINGS = {
    "generator_chain": "SIGNING_GENERATOR_CHAIN",
    "generator_key": "SIGNING_GENERATOR_KEY",
    "reviewer_chain": "SIGNING_REVIEWER_CHAIN",
    "reviewer_key": "SIGNING_REVIEWER_KEY",
}


class KeysForm(forms.Form):
    """Paths on the server of PEM files; nothing is uploaded, and no key is shown."""

    generator_chain = forms.CharField(label=_("Certificate chain for generated clips"), max_length=500)
    generator_key = forms.CharField(label=_("Key for generated clips"), max_length=500)
    reviewer_chain = forms.CharField(label=_("Certificate chain for releases"), max_length=500)
    reviewer_key = forms.CharField(label=_("Key for releases"), max_length=500)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for purpose in Purpose:
            if self.errors:
                break
            files = KeyFiles(given[f"{purpose}_chain"], given[f"{purpose}_key"])
            try:
                signers.signer(
                    purpose,
                    files=files,
                    development_folder=trust_anchors.development_folder(),
                    at=datetime.now(UTC),
                )
            except Refused as refused:
                self.add_error(f"{purpose}_chain", refused.message)
            except OSError:
                self.add_error(f"{purpose}_chain", _("These files can't be read by the server."))
        return given


@require_http_methods(["GET", "HEAD", "POST"])
@steps.step("signing")
def signing(request: HttpRequest) -> HttpResponse:
    """What signs is set by the environment, so own keys are checked here, and the lines to set are shown."""
    fixed = bool(settings.SIGNING_GENERATOR_CHAIN or settings.SIGNING_REVIEWER_CHAIN)
    checking = request.method == "POST" and request.POST.get("do") == "check"
    form = KeysForm(request.POST if checking else None)
    lines = ""
    if checking and form.is_valid():
        lines = "\n".join(f"{variable}={form.cleaned_data[name]}" for name, variable in SETTINGS.items())
    elif request.method == "POST" and not checking:
        return steps.done("signing")
    context = {"form": form, "lines": lines, "fixed": fixed, "own": checking or "own" in request.GET}
    return steps.page(request, "signing", "setup/signing.html", context, status=422 if form.errors else 200)
