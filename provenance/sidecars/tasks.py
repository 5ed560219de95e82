"""Tasks of sidecars: each makes one call, and may run twice."""

from celery import shared_task

from provenance.sidecars import captions


@shared_task(name="sign.captions")
def sign_captions() -> None:
    captions.sign()
