"""Which models are in use, what their licences allow, and how far the library is looked at by the encoder."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dam.accounts.models import Brand
from dam.core import licences, workers
from dam.rights.model_licences import records
from dam.rights.model_licences.models import ModelRecord
from dam.search.models import EncoderIndex, IndexState
from dam.web.decorators import BrandRequest, requires_installation_admin
from generation import model_register
from generation.model_register import ModelKind
from generation.web import licence_words, model_fetching
from generation.web.licence_words import Said

QUEUES = {ModelKind.GENERATOR: "gpu", ModelKind.ENCODER: "index"}
MOST_EARLIER = 50
HASHED = ("reelproof.json", "model_index.json", "config.json", "card.json", "open_clip_config.json")


@dataclass(frozen=True)
class Line:
    """A model as the page shows it."""

    kind: str
    name: str
    version: str
    folder: str
    licence: str
    allows: str
    commercial: bool | None  # None: nobody can tell
    ability: str
    problem: str
    queue: str
    workers: tuple[str, ...] | None  # None: they can't be asked
    said: Said | None = None  # of a generator: what its licence means for the brand
    weights: str = ""  # of a generator, to name its page by


@requires_installation_admin
@require_safe
def models(request: BrandRequest) -> HttpResponse:
    spoke = workers.known()
    installed = model_register.installed()
    lines = [_line(each, spoke, request.brand) for each in installed]
    lines += [_speech(spoke), _reading(spoke)]
    context = {
        "area": "administration",
        "section": "administration-models",
        "lines": lines,
        "earlier": _earlier(request.brand, but=_here(installed)),
        "indexes": [_index(row) for row in EncoderIndex.objects.exclude(state=IndexState.RETIRED)],
        "hub": settings.MODEL_HUB,
        **model_fetching.context(request),
        "recognition": settings.RECOGNITION,
    }
    return render(request, "generate/models.html", context)


def allows(licence: str) -> tuple[str, bool | None]:
    """What a licence means for people who release clips, and whether it allows commercial use. Pure."""
    if not licence:
        return _("Unknown. Check it before you release a clip."), None
    if licences.forbids_commercial_use(licence):
        return _("Research or private use only. Clips can't be used commercially."), False
    return _("Commercial use allowed, under the terms of the licence."), True


def _here(installed: Iterable[model_register.InstalledModel]) -> set[str]:
    """The weights of models that the page shows anyway."""
    fetched = {each.identity.weights_sha256 for each in model_register.choices()}
    return fetched | {each.weights_sha256 for each in installed}


def _earlier(brand: Brand, *, but: set[str]) -> list[tuple[str, str, Said]]:
    """Name, weights and verdict of the models that made clips here and aren't in use, the latest first."""
    rows = ModelRecord.objects.exclude(weights_sha256__in=but).order_by("-first_seen_at")[:MOST_EARLIER]
    return [
        (str(each), each.weights_sha256, licence_words.of(records.answer_of(each, brand))) for each in rows
    ]


def _line(model: model_register.InstalledModel, spoke: list[workers.Worker] | None, brand: Brand) -> Line:
    words, commercial = allows(model.licence)
    titles = {ModelKind.GENERATOR: _("Generator"), ModelKind.ENCODER: _("Search encoder")}
    return Line(
        kind=titles[model.kind],
        name=model.name,
        version=model.version or fingerprint(model.folder),
        folder=model.folder.name,
        licence=model.licence,
        allows=words,
        commercial=commercial,
        ability=model.ability,
        problem=model.problem,
        queue=QUEUES[model.kind],
        workers=_serving(QUEUES[model.kind], spoke),
        said=_said(model, brand),
        weights=model.weights_sha256,
    )


def _said(model: model_register.InstalledModel, brand: Brand) -> Said | None:
    if model.kind != ModelKind.GENERATOR or model.problem:
        return None
    return licence_words.of(records.answer(brand, weights_sha256=model.weights_sha256, licence=model.licence))


def _speech(spoke: list[workers.Worker] | None) -> Line:
    chosen = Path(settings.SPEECH_MODEL) if settings.SPEECH_MODEL else None
    words, commercial = allows("" if chosen else "MIT")
    problem = _("That folder isn't there.") if chosen and not chosen.is_dir() else ""
    return Line(
        kind=_("Speech"),
        name=chosen.name if chosen else _("Whisper tiny.en"),
        version=fingerprint(chosen) if chosen and chosen.is_dir() else "",
        folder=chosen.name if chosen else _("bundled"),
        licence="" if chosen else "MIT",
        allows=words,
        commercial=commercial,
        ability=_("Writes down what is said.") if chosen else _("Writes down what is said, in English."),
        problem=problem,
        queue="recognition",
        workers=_serving("recognition", spoke),
    )


def _reading(spoke: list[workers.Worker] | None) -> Line:
    words, commercial = allows("Apache-2.0")
    return Line(
        kind=_("Reading"),
        name="PP-OCRv6",
        version="",
        folder=_("bundled"),
        licence="Apache-2.0",
        allows=words,
        commercial=commercial,
        ability=_("Reads what is written in the picture."),
        problem="",
        queue="recognition",
        workers=_serving("recognition", spoke),
    )


@dataclass(frozen=True)
class Index:
    identity: str
    state: str
    done: int
    failed: int
    total: int

    @property
    def building(self) -> bool:
        return self.state == IndexState.BUILDING


def _index(row: EncoderIndex) -> Index:
    return Index(row.label or row.identity, row.state, row.done, row.failed, row.total)


def _serving(queue: str, spoke: list[workers.Worker] | None) -> tuple[str, ...] | None:
    return None if spoke is None else tuple(each.name for each in spoke if queue in each.queues)


def fingerprint(folder: Path) -> str:
    """The beginning of the SHA-256 of a model's description and of its weights' names and sizes."""
    if not folder.is_dir():
        return ""
    files = tuple(
        (str(path.relative_to(folder)), path.stat().st_size, path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    )
    return _fingerprint(folder, files)


@lru_cache(maxsize=16)
def _fingerprint(folder: Path, files: tuple[tuple[str, int, int], ...]) -> str:
    import hashlib

    digest = hashlib.sha256()
    for name, size, _changed in files:
        digest.update(f"{name} {size}\n".encode())
        if Path(name).name in HASHED and size < 1_000_000:
            digest.update((folder / name).read_bytes())
    return digest.hexdigest()[:12]
