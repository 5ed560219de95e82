"""Tasks of evidence packs: each takes ids, makes one call, and may run twice."""

from celery import shared_task

from provenance.evidence_packs import packs, worker


@shared_task(name="transcode.evidence_pack")
def make_evidence_pack(pack_id: str) -> None:
    worker.run(pack_id)


@shared_task(name="default.recover_evidence_packs")
def recover_evidence_packs() -> None:
    packs.recover()
