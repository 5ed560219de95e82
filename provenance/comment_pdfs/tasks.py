"""Tasks of PDFs of comments: each takes ids, makes one call, and may run twice."""

from celery import shared_task

from provenance.comment_pdfs import pdfs, worker


@shared_task(name="media.comment_pdf")
def make_comment_pdf(pdf_id: str) -> None:
    worker.run(pdf_id)


@shared_task(name="default.recover_comment_pdfs")
def recover_comment_pdfs() -> None:
    pdfs.recover()
