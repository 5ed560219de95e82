"""Tasks of search. The steps of the index queue are dam.ingest's, which knows the steps."""

from celery import shared_task
from django.utils import timezone

from dam.catalog.models import Version
from dam.core.tasks import offer
from dam.search import (
    building,
    indexing,
    lexicon,
    likes,
    null_queries,
    pictures,
    prompt_catching_up,
    prompt_meanings,
    query_embedding,
    regions,
    row_catching_up,
)
from dam.search.encoders import published
from dam.search.encoders.model_card import NoEncoder
from dam.search.saved import alert_passes, fruitless, saved_searches
from dam.search.tagging import anew


@shared_task(name="index.embed_text")
def embed_text(text: str, encoder: str) -> None:
    """Answer a search that waits for what its words mean to the encoder."""
    query_embedding.answer(text, encoder=indexing.known_as(encoder))


@shared_task(name="index.warm_up")
def warm_up() -> None:
    """Load the encoder that searches ask, so that the first one need not wait for it, and the one that is to
    follow it; and have their null queries there."""
    try:
        encoders = indexing.encoders()
    except NoEncoder:
        return
    for encoder in encoders:
        encoder.understand("a red ball")  # the first run of a model is slow
        null_queries.prepare(encoder)
    for encoder in encoders:
        prompt_meanings.question("a red ball", encoder=encoder)


@shared_task(name="index.embed_prompt")
def embed_prompt(text: str, encoder: str) -> None:
    """Answer a search for prompts that mean the same."""
    prompt_meanings.answer(text, encoder=indexing.known_as(encoder))


@shared_task(name="index.read_prompts")
def read_prompts() -> None:
    """A moment of reading earlier prompts; sends itself again for what is left."""
    prompt_catching_up.alive()
    if not (prompt_catching_up.go_on() and offer("index.read_prompts")):
        prompt_catching_up.over()


@shared_task(name="index.suggest_anew")
def suggest_anew() -> None:
    """A moment of suggesting tags by another encoder than before; sends itself again for what is left."""
    anew.alive()
    if not (anew.go_on() and offer("index.suggest_anew")):
        anew.over()


@shared_task(name="default.match_alerts")
def match_alerts(brand_id: int | None = None) -> None:
    """A slice of a brand's alerts, or of all brands'; sends itself again for what is left."""
    more = alert_passes.run_all() if brand_id is None else alert_passes.run(brand_id)
    if more:
        offer("default.match_alerts", **({} if brand_id is None else {"brand_id": brand_id}))


@shared_task(name="default.forget_searches")
def forget_searches() -> None:
    """What is kept of searches for a while only."""
    at = timezone.now()
    saved_searches.forget_deleted(at=at)
    fruitless.forget_old(at=at)


@shared_task(name="transcode.fetch_encoder")
def fetch_encoder(name: str) -> None:
    """Fetch an OpenCLIP model; in the queue of what may take hours. Its licence has been agreed to."""
    published.fetch(published.look_up(name))


@shared_task(name="index.embed_picture")
def embed_picture(holder: str, key: str, encoder: str) -> None:
    """Answer a search by a picture that waits."""
    pictures.answer(holder, key, encoder=indexing.known_as(encoder))


@shared_task(name="index.embed_saved_picture")
def embed_saved_picture(key: str, encoder: str) -> None:
    """Answer a saved search by a picture."""
    pictures.answer_saved(key, encoder=indexing.known_as(encoder))


@shared_task(name="index.embed_region")
def embed_region(version_id: str, time_ms: int, box: str, encoder: str) -> None:
    """Answer a search by a part of a frame."""
    version = Version.objects.filter(pk=version_id).first()
    part = likes.read_box(box)
    if version is not None and part is not None:
        regions.answer(version, time_ms=time_ms, box=part, encoder=indexing.known_as(encoder))


@shared_task(name="default.build_documents")
def build_documents() -> None:
    """Go on with documents that are missing or behind."""
    building.go_on()


@shared_task(name="default.catch_up_rows")
def catch_up_rows() -> None:
    """Go on with rows of which required fields have become others; sends itself again for what is left."""
    if row_catching_up.go_on():
        offer("default.catch_up_rows")


@shared_task(name="default.tidy_lexicon")
def tidy_lexicon() -> None:
    """Forget some of the words that no document has any more."""
    lexicon.tidy()
