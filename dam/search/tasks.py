"""Tasks of the index queue. The step "index.embed" is dam.ingest's, which knows the steps."""

from celery import shared_task

from dam.search import indexing, questions


@shared_task(name="index.embed_text")
def embed_text(text: str, encoder: str) -> None:
    """Answer a search that waits for what its words mean to the encoder."""
    questions.answer(text, encoder=indexing.installed())
