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
        looked = finding.look(version)
    except finding.NothingToCompare as problem:
        raise steps.StepSkipped(_("There is no picture to compare.")) from problem
    said = []
    if looked.pairs:
        like_it = ngettext(
            "%(count)s other clip looks like it.", "%(count)s other clips look like it.", looked.pairs
        )
        said.append(like_it % {"count": number(looked.pairs)})
    if looked.more_alike:
        only = _("Only the %(count)s clips that have the most in common with it were compared.")
        said.append(only % {"count": number(finding.LOOKED_AT)})
    if looked.passed_over:
        common = _(
            "Pictures that more than %(count)s clips share, such as an end card, weren't searched for."
        )
        said.append(common % {"count": number(finding.COMMON)})
    return " ".join(said)
