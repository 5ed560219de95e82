"""Tasks of the audit trail."""

from celery import shared_task

from dam.audit import anchors, chain_checks


@shared_task(name="default.anchor_trails")
def anchor_trails() -> None:
    """Write down outside the database how far each brand's chain has come."""
    anchors.anchor_all()


@shared_task(name="transcode.check_trail")
def check_trail(brand_id: int) -> None:
    """Read a brand's whole chain: long work, on the lane of long work."""
    chain_checks.run(brand_id)
