"""Search a brand's library from the command line."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand
from dam.accounts.principals import Member, Nobody
from dam.core import command
from dam.search import encoder_indexes, indexing, prompt_meanings, prompt_ranking, search, similar_prompts
from dam.search.encoders.base import TextEmbedding
from dam.search.encoders.model_card import NoEncoder
from dam.search.results import Hit, Results, Seeing


class Command(command.Command):
    help = (
        "Search a brand's library by words and by what is seen. With --json, one list on standard output:"
        " of hits {asset, title, path, score, moment: {start, end}} for WORDS, of such lists for --queries."
        " Best first; path is the file's name as it came in, moments are in seconds."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "words", nargs="?", help="the same as in the search box: red bottle tag:summer state:approved"
        )
        parser.add_argument("--queries", type=Path, metavar="FILE", help="a file with one search per line")
        parser.add_argument("--brand", required=True, metavar="SLUG")
        parser.add_argument(
            "--as",
            dest="email",
            metavar="EMAIL",
            help="search as this person (default: someone who sees everything)",
        )
        parser.add_argument("--limit", type=int, default=20)
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        if (options["words"] is None) == (options["queries"] is None):
            raise CommandError("Give either WORDS or --queries FILE.")
        if options["limit"] < 1:
            raise CommandError("--limit must be 1 or more.")
        brand = _brand(options["brand"])
        person = _person(brand, options["email"])
        queries = [options["words"]] if options["queries"] is None else _lines(options["queries"])
        answers = [_find(person, words, limit=options["limit"]) for words in queries]
        if options["json"]:
            lists = [[_hit_json(hit) for hit in results.hits] for results in answers]
            self.stdout.write(json.dumps(lists if options["queries"] else lists[0], ensure_ascii=False))
            return
        for words, results in zip(queries, answers, strict=True):
            self._show(words, results)

    def _show(self, words: str, results: Results) -> None:
        self.stdout.write(f"{words}: {results.total} found" if results.total else f"{words}: no good match")
        for said in (*results.query.problems, *results.query.hints):
            self.stderr.write(said)
        if results.encoder.unknown_words:
            self.stderr.write(
                f"Unknown to {results.encoder.label}: {', '.join(results.encoder.unknown_words)}"
            )
        if results.seeing is Seeing.UNAVAILABLE:
            self.stderr.write("No encoder is installed, so only text was searched.")
        for hit in results.hits:
            moment = (
                f"{hit.moment.start_ms / 1000:.1f}–{hit.moment.end_ms / 1000:.1f} s" if hit.moment else ""
            )
            self.stdout.write(f"  {hit.score:.3f}  {hit.asset.title}  {moment}  {hit.asset.pk}")


def _find(person: Member, words: str, *, limit: int) -> Results:
    """What prompts are to be like is worked out here too, and left where a search looks for it."""
    texts = similar_prompts.asked_for(search.parse(words, by=person))
    if 0 < len(texts) <= similar_prompts.MOST_TEXTS:
        with suppress(NoEncoder):
            _, card = encoder_indexes.serving()
            for text in texts:
                prompt_meanings.answer(text, encoder=indexing.known_as(card.identity))
    return prompt_ranking.find(person, words=words, limit=limit, ask=_understand)


def _understand(spoken: str, encoder: str) -> TextEmbedding:
    """Work the meaning out in this process: a command may load the encoder, and needs no worker."""
    return indexing.known_as(encoder).understand(spoken)


def _brand(slug: str) -> Brand:
    try:
        return Brand.objects.get(slug=slug)
    except Brand.DoesNotExist:
        known = ", ".join(Brand.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
        raise CommandError(f"There is no brand {slug!r}. Brands: {known}.") from None


def _person(brand: Brand, email: str | None) -> Member:
    """The member named, who sees what they may; else the first who sees the whole library."""
    capability = Capability.VIEW if email else Capability.VIEW_UNRELEASED
    try:
        return principals.acting(brand, capability, email=email)
    except Nobody as error:
        raise CommandError(f"{error} Name a member with --as." if email is None else str(error)) from error


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise CommandError(f"{path} can't be read: {problem}") from None
    return [line.strip() for line in text.splitlines() if line.strip()]


def _hit_json(hit: Hit) -> dict[str, Any]:
    version = hit.asset.shown
    moment = hit.moment
    return {
        "asset": str(hit.asset.pk),
        "title": hit.asset.title,
        "path": version.filename,
        "score": hit.score,
        "moment": {"start": moment.start_ms / 1000, "end": moment.end_ms / 1000} if moment else None,
    }
