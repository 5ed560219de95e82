"""Tasks of the audit trail."""

from celery import shared_task

from dam.audit import anchors


@shared_task(name="default.anchor_trails")
def anchor_trails() -> None:
    """Write down outside the database how far each brand's chain has come."""
    anchors.anchor_all()
