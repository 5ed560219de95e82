"""Tasks of the index queue. The step "index.embed" is dam.ingest's, which knows the steps."""

from celery import shared_task

from dam.search import indexing, query_embedding


@shared_task(name="index.embed_text")
def embed_text(text: str, encoder: str) -> None:
    """Answer a search that waits for what its words mean to the encoder."""
    query_embedding.answer(text, encoder=indexing.installed())
