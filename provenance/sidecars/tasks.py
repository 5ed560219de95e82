"""Tasks of sidecars: each makes one call, and may run twice."""

from celery import shared_task

from provenance.sidecars import captions


@shared_task(name="sign.captions")
def sign_captions() -> None:
    captions.sign(lately=True)


@shared_task(name="sign.all_captions")
def sign_all_captions() -> None:
    """As long as there are any: of what was released before there were such files, or failed an hour ago."""
    if captions.sign():
        sign_all_captions.apply_async(countdown=60)
