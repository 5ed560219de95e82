"""Which models are in use, what their licences allow, and how far the library is looked at by the encoder."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dam.core import licences, workers
from dam.search.models import EncoderIndex, IndexState
from dam.web.decorators import BrandRequest, requires_installation_admin
from generation import model_register
from generation.model_register import ModelKind

QUEUES = {ModelKind.GENERATOR: "gpu", ModelKind.ENCODER: "index"}
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


@requires_installation_admin
@require_safe
def models(request: BrandRequest) -> HttpResponse:
    spoke = workers.known()
    lines = [_line(each, spoke) for each in model_register.installed()]
    lines += [_speech(spoke), _reading(spoke)]
    context = {
        "area": "administration",
        "section": "administration-models",
        "lines": lines,
        "indexes": [_index(row) for row in EncoderIndex.objects.exclude(state=IndexState.RETIRED)],
        "hub": settings.MODEL_HUB,
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


def _line(model: model_register.InstalledModel, spoke: list[workers.Worker] | None) -> Line:
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
    )


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
