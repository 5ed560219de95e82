"""Tasks of manifests: each takes ids, makes one call, and may run twice."""

from celery import shared_task

from dam.ingest import steps
from provenance.manifests import public_checks, public_comparisons, records


@shared_task(name="sign.check_credentials")
def check_credentials(version_id: str) -> None:
    steps.run_in_turn(version_id, "credentials", lambda version, name: records.check_master(version))


@shared_task(name="verify.file")
def verify_file(submission_id: str) -> None:
    public_checks.check(submission_id)


@shared_task(name="verify.address")
def verify_address(submission_id: str) -> None:
    public_checks.fetch_and_check(submission_id)


@shared_task(name="verify.pair")
def compare_files(pair_id: str) -> None:
    public_comparisons.compare(pair_id)


# 0.1's name for it: its broker may hold some after an update.
shared_task(name="sign.verify_submission")(verify_file.run)
