"""Tasks of duplicates."""

from celery import shared_task
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dam.catalog.models import Version
from dam.core.language import number
from dam.duplicates import finding
from dam.ingest import steps


@shared_task(name="index.find_duplicates")
def find_duplicates(version_id: str) -> None:
    steps.run_in_turn(version_id, "duplicates", _find)


def _find(version: Version, name: str) -> str:
    try:
        found = finding.look(version)
    except finding.NothingToCompare as problem:
        raise steps.StepSkipped(_("There is no picture to compare.")) from problem
    if not found:
        return ""
    said = ngettext("%(count)s other clip looks like it.", "%(count)s other clips look like it.", found)
    return said % {"count": number(found)}
