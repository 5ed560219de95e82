"""A clip's release with the labels of disclosure that it needs: which, in which words, in which format."""

from datetime import datetime

from django.utils.translation import gettext as _

from dam.catalog.models import AssetKind, Version
from dam.media.overlay import Notice
from dam.media.presets import Format, Recipe
from dam.rights import disclosure, policy, terms
from dam.rights.disclosure import Requirement
from provenance.downloads.models import DownloadPreset


def required(
    version: Version, *, use: str | None, territory: str | None, at: datetime
) -> tuple[Requirement, ...]:
    """The rules that a file of it must keep. No use or territory: those of all that it is cleared for.

    Reads `version.rights`, `inherited` and `asset`.
    """
    return policy.requirements(terms.of(version), use=use, territory=territory, at=at)


def notices(requirements: tuple[Requirement, ...], *, territory: str | None) -> tuple[Notice, ...]:
    """The labels that one file must show for all of these, worded for who is there."""
    found = {
        each.label.key: Notice(
            each.label.key,
            each.label.said(disclosure.language_of(territory, each.rule)),
            each.label.until_ms,
            each.label.height,
        )
        for each in requirements
        if each.label is not None
    }
    return tuple(found.values())


def as_it_is(version: Version) -> DownloadPreset:
    """The release itself, for when it must show a label: as large as it is, in the usual format of its kind.

    It is nobody's to edit and has no row; its number is 0.
    """
    usual = Format.PNG if version.kind == AssetKind.STILL else Format.H264
    return DownloadPreset(
        pk=0, brand=version.brand, name=_("Labelled release"), recipe=Recipe(format=usual).to_json()
    )
