"""Which models are installed here, can they run, and may they be used. Reads folders, never loads torch."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from dam.core import bundled_words
from dam.rights.model_licences import terms, verdicts
from dam.rights.model_licences.standings import Weights
from dam.search.encoders import model_card as encoder_card
from dam.search.encoders.model_card import NoEncoder
from generation.generators import model_card, published, trust
from generation.generators.base import Capabilities, GeneratorError, ModelIdentity
from generation.generators.model_card import ModelCard
from generation.generators.modes import Mode
from generation.generators.source import SOURCE_NAME
from generation.prompt_parser import Lexicon
from generation.weights import CARD_NAME

MOST_BESIDE = 50


class ModelKind(StrEnum):
    GENERATOR = "generator"
    ENCODER = "encoder"


@dataclass(frozen=True, slots=True)
class InstalledGenerator:
    """A generator that can run here. The folder is what `generators.loading` loads."""

    folder: Path
    card: ModelCard

    @property
    def identity(self) -> ModelIdentity:
        return self.card.identity

    @property
    def capabilities(self) -> Capabilities:
        return self.card.capabilities

    @property
    def lexicon(self) -> Lexicon | None:
        return self.card.lexicon


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A line of the register. Sentences are for people, and empty where there is nothing to say."""

    kind: ModelKind
    folder: Path
    name: str
    version: str
    licence: str
    ability: str
    problem: str  # why it cannot run here
    caution: str  # what to clear up before its results leave the house
    weights_sha256: str = ""  # of a generator, where its folder says


def folder(kind: ModelKind) -> Path:
    """Where the model of this kind that is in use should lie."""
    return Path(settings.GENERATOR_MODEL) if kind == ModelKind.GENERATOR else encoder_card.current_folder()


def generator(weights_sha256: str = "") -> InstalledGenerator:
    """The installation's generator, or the one of these weights. Raises GeneratorError, which says why."""
    if weights_sha256:
        found = with_weights(weights_sha256)
        if found is None:
            raise GeneratorError(_("The model that was chosen is no longer installed."))
        return found
    where = folder(ModelKind.GENERATOR)
    card = model_card.read(where)
    trust.check(where)
    return InstalledGenerator(folder=where, card=card)


def with_weights(sha256: str) -> InstalledGenerator | None:
    """The generator of these weights by what its card claims: the one in use, or one beside its folder.

    Loading checks the claim. A folder without a card claims nothing and is found only while it is in use.
    """
    for where in _beside(folder(ModelKind.GENERATOR)):
        try:
            card = model_card.read(where)
            trust.check(where)
        except GeneratorError:
            continue
        if card.identity.weights_sha256 == sha256:
            return InstalledGenerator(folder=where, card=card)
    return None


def choices() -> tuple[InstalledGenerator, ...]:
    """The installation's generator, if it runs, and those that were fetched."""
    found: dict[str, InstalledGenerator] = {}
    for where in (folder(ModelKind.GENERATOR), *_fetched()):
        try:
            card = model_card.read(where)
            trust.check(where)
        except GeneratorError:
            continue
        found.setdefault(card.identity.weights_sha256, InstalledGenerator(folder=where, card=card))
    return tuple(found.values())


def _beside(where: Path) -> Iterator[Path]:
    """The folder itself, then those next to it and fetched ones that say what they are; so many at most."""
    yield where
    cards = sorted(where.resolve().parent.glob(f"*/{CARD_NAME}")) if where.parent.is_dir() else []
    yield from (card.parent for card in cards[:MOST_BESIDE] if card.parent != where.resolve())
    yield from _fetched()


def _fetched() -> list[Path]:
    """Folders that came from the hub. One that is half there has a name that begins with a dot."""
    found = [said.parent for said in sorted(published.home().glob(f"*/{SOURCE_NAME}"))]
    return [each for each in found if not each.name.startswith(".")][:MOST_BESIDE]


def weights(identity: ModelIdentity, *, source: str = "", revision: str = "") -> Weights:
    """A model as the library records it with the clips that it makes."""
    return Weights(
        sha256=identity.weights_sha256,
        name=identity.name,
        version=identity.version,
        family=identity.pipeline_class,
        licence=identity.licence,
        source=source,
        revision=revision,
    )


def installed() -> tuple[InstalledModel, ...]:
    """Every model of this installation, those that cannot run too."""
    return _generator(), _encoder()


def caution(licence: str) -> str:
    """What speaks against releasing what is made under a licence, whatever the brand; empty for nothing."""
    found = verdicts.verdict(licence, terms.find(licence))
    return "" if found.cleared else " ".join(found.reasons)


def _generator() -> InstalledModel:
    try:
        model = generator()
    except GeneratorError as error:
        return _broken(ModelKind.GENERATOR, str(error))
    can = model.capabilities
    longest = float(can.max_frames / can.frame_rate)
    sizes = ", ".join(f"{width}×{height}" for width, height in can.sizes)
    return InstalledModel(
        kind=ModelKind.GENERATOR,
        folder=model.folder,
        name=model.identity.name,
        version=model.identity.version,
        licence=model.identity.licence,
        ability=(
            (
                _("Makes clips from prompts: %(sizes)s, up to %(longest)s s.")
                if Mode.TEXT in can.modes
                else _("Makes clips from images: %(sizes)s, up to %(longest)s s.")
            )
            % {"sizes": sizes, "longest": f"{longest:.1f}"}
        ),
        problem="",
        caution=caution(model.identity.licence),
        weights_sha256=model.identity.weights_sha256,
    )


def _encoder() -> InstalledModel:
    try:
        card = encoder_card.current()
    except (NoEncoder, OSError, ValueError) as error:
        return _broken(ModelKind.ENCODER, str(error))
    return InstalledModel(
        kind=ModelKind.ENCODER,
        folder=card.folder,
        name=card.label,
        version="",
        licence=card.licence,
        ability=(
            _("Finds clips by what they show; good at %(good_at)s.")
            % {"good_at": bundled_words.said(card.good_at)}
        )
        if card.good_at
        else _("Finds clips."),
        problem="",
        caution="",
    )


def _broken(kind: ModelKind, problem: str) -> InstalledModel:
    return InstalledModel(
        kind=kind,
        folder=folder(kind),
        name=folder(kind).name,
        version="",
        licence="",
        ability="",
        problem=problem,
        caution="",
    )
