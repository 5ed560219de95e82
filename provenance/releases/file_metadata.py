"""What is written into a released file as IPTC metadata, beside its Content Credentials, before it is signed.

Title, clearance, origin and model, which the signed manifest says too. Further words (description, tags,
rights holder, credit line, licence, restriction) leave the library only where the brand wants it.
"""

from django.conf import settings
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from dam.accounts import times
from dam.catalog.models import DeclaredOrigin, Origin, Version
from dam.core import language
from dam.media import digital_source_types
from dam.media.xmp_files.place import Values
from dam.rights import aigc, policy, territories
from dam.rights.models import RightsRecord
from provenance.manifests.claims import NamedModel
from provenance.releases.models import Release

IS_AI = "provenance.review.disclosing.is_ai"  # which clips the rules of disclosure are about; it lies above
# As claims say in cawg.training-mining, by the brand's policy.
DATA_MINING = {
    "prohibited": "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED",
    "no_training": "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING",
    "allowed": "http://ns.useplus.org/ldf/vocab/DMI-ALLOWED",
}


def of(release: Release, *, model: NamedModel | None) -> Values:
    """By the names of dam.media.xmp_packet, in the brand's language. `model` made what it shows."""
    version = release.version
    with translation.override(release.brand.language or settings.LANGUAGE_CODE):
        values: dict[str, str | list[str]] = {
            "title": version.asset.title,
            "usage": _usage(release),
            "source_type": _source_type(version, model),
            "data_mining": DATA_MINING[release.brand.data_mining],
        }
        if model is not None:
            values |= {"ai_system": model.name, "ai_system_version": model.identifier}
        values["aigc"] = aigc_of(release, model=model)
        if release.brand.released_details:
            values |= _details(release, usage=str(values["usage"]))
    return values


def aigc_of(release: Release, *, model: NamedModel | None) -> str:
    """China's field for what AI made (dam.rights.aigc), where the brand has a producer's code; else empty."""
    producer = release.brand.aigc_producer
    if not producer or not (model or import_string(IS_AI)(release.version)):
        return ""
    return aigc.field(
        producer=producer,
        made=release.version_id.hex,
        propagated=str(release.pk),
        sha256=release.master_sha256,
    )


def _usage(release: Release) -> str:
    if not release.uses:
        return ""
    terms = {
        "brand": release.brand.name,
        "uses": language.listed(tuple(_(policy.USE_NAMES.get(use, use)) for use in release.uses)),
        "places": _places(release.territories),
    }
    zone = times.of_brand(release.brand)
    # As it stands when the file is made: a download format may be made long after the release.
    rights = getattr(release.version, "rights", None)
    if rights is not None and rights.embargo_until is not None:
        since = _("from %(day)s") % {"day": language.day(rights.embargo_until.astimezone(zone))}
        terms["places"] = f"{terms['places']}, {since}"
    if release.valid_until is None:
        return _("Cleared by %(brand)s for %(uses)s, %(places)s, with no end date.") % terms
    terms["day"] = language.day(release.valid_until.astimezone(zone))
    return _("Cleared by %(brand)s for %(uses)s, %(places)s, until %(day)s.") % terms


def _places(cleared: list[str]) -> str:
    where = territories.describe(cleared)
    return where if cleared == [territories.WORLDWIDE] else _("in %(places)s") % {"places": where}


def _source_type(version: Version, model: NamedModel | None) -> str:
    """What was generated here, then what a person said, then what credentials that we trust say."""
    if version.origin == Origin.GENERATED or (model and not version.declared_origin):
        return digital_source_types.address(DeclaredOrigin.GENERATED)
    return digital_source_types.address(version.declared_origin)


def _details(release: Release, *, usage: str) -> dict[str, str | list[str]]:
    asset = release.version.asset
    rights = RightsRecord.objects.filter(version=release.version).first() or RightsRecord()
    sentences = [
        usage,
        _("Licence: %(licence)s") % {"licence": rights.licence} if rights.licence else "",
        rights.restriction,
    ]
    return {
        "description": asset.description,
        "keywords": list(asset.tags.order_by("name").values_list("name", flat=True)),
        "copyright": rights.rights_holder,
        "credit": rights.credit_line,
        "usage": "\n".join(filter(None, sentences)),
    }
