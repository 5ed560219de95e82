"""Tasks of manifests, on the `sign` queue: each takes ids, makes one call, and may run twice."""

from celery import shared_task

from dam.ingest import steps
from dam.media.errors import Refused
from dam.media.runner import MediaFailed
from provenance.manifests import public_checks, records, releases, signing
from provenance.manifests.c2pa_io import SigningFailed
from provenance.manifests.development_ca import AuthorityBroken
from provenance.manifests.signers import SignerExpired, SignerNotConfigured, SignerUnreadable

CANNOT_SIGN = (
    AuthorityBroken,
    MediaFailed,
    OSError,
    Refused,
    SignerExpired,
    SignerNotConfigured,
    SignerUnreadable,
    SigningFailed,
    releases.MasterChanged,
    signing.CannotCarry,
    signing.NotAsSigned,
)


@shared_task(name="sign.check_credentials")
def check_credentials(version_id: str) -> None:
    steps.run(version_id, "credentials", records.check_master)


@shared_task(name="sign.release")
def release(version_id: str) -> None:
    try:
        releases.make(version_id)
    except releases.NotApproved:
        return  # withdrawn before its turn came: there is nothing to sign
    except CANNOT_SIGN as problem:
        releases.note_failure(version_id, str(problem))


@shared_task(name="sign.verify_submission")
def verify_submission(submission_id: str) -> None:
    public_checks.check(submission_id)
