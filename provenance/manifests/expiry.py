"""When the certificates that sign here end."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from dam.core.errors import Refused
from dam.operations import doctor, doctor_settings
from dam.operations.expiring import Expiring
from provenance.manifests import signing
from provenance.manifests.development_ca import Purpose

TITLES = {Purpose.GENERATOR: "SIGNING_GENERATOR_CHAIN", Purpose.REVIEWER: "SIGNING_REVIEWER_CHAIN"}


def certificates(at: datetime) -> Iterator[Expiring]:
    """The signing certificate of each purpose; one that can't sign has no end and says why."""
    for purpose in Purpose:
        try:
            signer = signing.signer(purpose)
        except Refused as refused:
            yield Expiring(_("Signing as %(purpose)s") % {"purpose": purpose.value}, None, refused.message)
            continue
        yield Expiring(
            _("Signing certificate of %(name)s") % {"name": signer.name},
            signer.valid_until,
            _("Install a new certificate and name it in %(setting)s.") % {"setting": TITLES[purpose]},
        )


def development_ca() -> Iterator[doctor.Finding]:
    """Signing with certificates that no trust list has, where people come from elsewhere."""
    chains = (settings.SIGNING_GENERATOR_CHAIN, settings.SIGNING_REVIEWER_CHAIN)
    if doctor_settings.is_public() and not all(chains):
        yield doctor.warning(
            "development_ca",
            _("Releases are signed by a development CA, so others see an unknown signer."),
            _("Set the SIGNING_ variables to certificates of your own."),
        )
