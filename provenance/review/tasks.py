"""Tasks of review."""

from celery import shared_task

from provenance.review import absences, changing_sets, corrections, evidence, reminders, stamping_ledgers


@shared_task(name="default.remind_of_reviews")
def remind_of_reviews() -> None:
    """Say that reviews are due tomorrow or overdue, and that people are back."""
    absences.finish()
    reminders.remind()


@shared_task(name="default.erase_comments")
def erase_comments() -> None:
    """Let go of what comments said whose deletion can no longer be undone."""
    corrections.erase()


@shared_task(name="default.tidy_evidence")
def tidy_evidence() -> None:
    """Let go of documents that were given for an approval which never came."""
    evidence.tidy()


@shared_task(name="default.tidy_review_sets")
def tidy_review_sets() -> None:
    """Let go of sets all of whose clips are gone."""
    changing_sets.tidy()


@shared_task(name="sign.stamp_ledgers")
def stamp_ledgers() -> None:
    """Have an authority say how far each ledger has come, once a day, where one is set up."""
    stamping_ledgers.add()
