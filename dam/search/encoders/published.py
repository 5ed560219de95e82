"""OpenCLIP's models by their published names: what a hub has under one, and into which folder it goes.

    ViT-B-32/laion2b_s34b_b79k       an architecture and its weights, as OpenCLIP lists them
    hf-hub:timm/ViT-B-16-SigLIP2     a repository of the hub

For commands and workers: looking a name up loads OpenCLIP.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from dam.core import fetching, licences, model_hub
from dam.core.fetching import Progress
from dam.core.model_hub import NotFetched, Offer
from dam.search.encoders import model_card

HUB = "hf-hub:"
# As OpenCLIP's folders name their weights: those that can't carry code come first.
PICKLED = "open_clip_pytorch_model.bin"
BESIDE = (
    model_card.CONFIG,
    "tokenizer*.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.*",
    "merges.txt",
    "*.model",
)


@dataclass(frozen=True)
class Published:
    """A model that can be fetched, to show to people first."""

    name: str
    offer: Offer
    folder: Path  # where it goes

    @property
    def forbidden(self) -> bool:
        """Its licence forbids commercial use, and NONCOMMERCIAL_MODELS isn't set."""
        return licences.forbids_commercial_use(self.offer.licence) and not settings.NONCOMMERCIAL_MODELS

    @property
    def by_hand(self) -> str:
        """How a machine without the hub gets it."""
        return (
            f"hf download {self.offer.repository} {' '.join(file.name for file in self.offer.files)}"
            f" --local-dir {self.folder.name}"
        )


def look_up(name: str) -> Published:
    """What the hub has under a name. Raises NotFetched, whose sentence says how to bring it by hand."""
    folder = model_card.folder_of(name)
    repository = _repository(name)
    try:
        everything = model_hub.look_up(repository, wanted=(*BESIDE, *model_card.WEIGHTS, PICKLED))
    except NotFetched as error:
        raise NotFetched(
            f"{error} On a machine that can: hf download {repository} --local-dir {folder.name}."
            f" Then copy that folder to {folder}."
        ) from error
    names = {file.name for file in everything.files}
    weights = next((each for each in (*model_card.WEIGHTS, PICKLED) if each in names), None)
    if weights is None or model_card.CONFIG not in names:
        raise NotFetched(f"{repository} isn't a model that OpenCLIP can load: it has no {model_card.CONFIG}.")
    others = {*model_card.WEIGHTS, PICKLED} - {weights}
    files = tuple(file for file in everything.files if file.name not in others)
    offer = Offer(
        repository=repository,
        revision=everything.revision,
        licence=everything.licence,
        page=everything.page,
        files=files,
    )
    return Published(name=name, offer=offer, folder=folder)


def fetch(found: Published, *, on_progress: Progress | None = None) -> Path:
    """Fetch a model into its folder. Raises NotFetched, also for a licence that isn't allowed here."""
    if found.forbidden:
        raise NotFetched(
            f"{found.name} is under {found.offer.licence}, which doesn't allow commercial use."
            " Set NONCOMMERCIAL_MODELS=1 if that is all right here."
        )
    return fetching.fetch(
        found.offer, found.folder, finish=lambda folder: _finish(found, folder), on_progress=on_progress
    )


def _finish(found: Published, folder: Path) -> None:
    pickled = folder / PICKLED
    if pickled.exists():
        from dam.search.encoders import openclip

        openclip.unpickle(pickled, folder / model_card.WEIGHTS[0])
        pickled.unlink()
    card = {
        "label": found.name.removeprefix(HUB).replace("/", " "),
        "licence": found.offer.licence,
        "source": f"{found.offer.page}/tree/{found.offer.revision}",
    }
    (folder / model_card.CARD).write_text(json.dumps(card, indent=2) + "\n")


def _repository(name: str) -> str:
    if name.startswith(HUB):
        return name.removeprefix(HUB).strip("/")
    from dam.search.encoders import openclip

    architecture, _, weights = name.partition("/")
    repository = openclip.repository(architecture, weights)
    if repository is None:
        known = ", ".join(openclip.weights_of(architecture))
        raise NotFetched(
            f"OpenCLIP has no {name}. Of {architecture} it has: {known}."
            if known
            else f"OpenCLIP has no {name}. A name is made up as in ViT-B-32/laion2b_s34b_b79k."
        )
    return repository
