"""Published generators: a list to start with, and how a folder of one comes from the hub.

For workers: nothing is asked of the hub where something is imported, nor in the web process. What a
repository names as its parts is looked at before a byte of weights is fetched.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings

from dam.core import fetching, model_hub
from dam.core.deadlines import Deadline
from dam.core.fetching import Progress
from dam.core.language import noop
from dam.core.model_hub import NotFetched, Offer
from generation import weights
from generation.generators import source, trust
from generation.generators.base import GeneratorError
from generation.generators.source import Source

INDEX = "model_index.json"
WANTED = (INDEX, "*/*.json", "*/*.safetensors", "*/*.model", "*/*.txt", "*/*.jinja")
# Parts that have weights of their own begin with one of these.
WEIGHED = ("transformer", "vae", "audio_vae", "text_encoder", "image_encoder", "connectors", "vocoder")
LARGEST_INDEX = 1024 * 1024


@dataclass(frozen=True)
class Starter:
    """A generator worth a try. `gpu_gb` is what its publisher says of a GPU's memory, None where nothing."""

    name: str
    repository: str
    licence: str
    parameters: str
    makes: str
    gpu_gb: float | None
    said_by: str

    @property
    def folder(self) -> Path:
        return folder_of(self.repository)


STARTERS = (
    Starter(
        name="Wan 2.1 1.3B",
        repository="Wan-AI/Wan2.1-T2V-1.3B-Diffusers",
        licence="apache-2.0",
        parameters="1.3",
        makes=noop("5 s at 480p, from prompts; restyles clips"),
        gpu_gb=8.2,
        said_by="Wan-Video/Wan2.1",
    ),
    Starter(
        name="Wan 2.2 5B",
        repository="Wan-AI/Wan2.2-TI2V-5B-Diffusers",
        licence="apache-2.0",
        parameters="5",
        makes=noop("5 s at 720p, from prompts and images"),
        gpu_gb=24,
        said_by="Wan-AI/Wan2.2-TI2V-5B",
    ),
    Starter(
        name="Wan 2.1 VACE 1.3B",
        repository="Wan-AI/Wan2.1-VACE-1.3B-diffusers",
        licence="apache-2.0",
        parameters="1.3",
        makes=noop("5 s at 480p, from prompts, images and clips; edits regions"),
        gpu_gb=None,
        said_by="Wan-Video/Wan2.1",
    ),
    Starter(
        name="Wan 2.1 I2V 14B",
        repository="Wan-AI/Wan2.1-I2V-14B-480P-Diffusers",
        licence="apache-2.0",
        parameters="14",
        makes=noop("5 s at 480p, from images"),
        gpu_gb=None,
        said_by="Wan-Video/Wan2.1",
    ),
    Starter(
        name="CogVideoX 2B",
        repository="zai-org/CogVideoX-2b",
        licence="apache-2.0",
        parameters="2",
        makes=noop("6 s at 480p, from prompts; restyles clips"),
        gpu_gb=None,
        said_by="zai-org/CogVideo",
    ),
    Starter(
        name="LTX-2",
        repository="Lightricks/LTX-2",
        licence="ltx-2-community-license-agreement",
        parameters="19",
        makes=noop("10 s at up to 704p, from prompts, images and clips; without sound here"),
        gpu_gb=None,
        said_by="Lightricks/LTX-2",
    ),
)


def starter(repository: str) -> Starter | None:
    return next((each for each in STARTERS if each.repository == repository), None)


def home() -> Path:
    """Where fetched generators lie."""
    return Path(settings.MODELS_DIR) / "generators"


def folder_of(repository: str) -> Path:
    return home() / repository.replace("/", "--")


def look_up(repository: str, *, revision: str = "main") -> Offer:
    """What the hub has of it: its parts' files. Raises NotFetched, also for parts that aren't trusted."""
    offer = model_hub.look_up(repository, wanted=WANTED, revision=revision)
    index = next((file for file in offer.files if file.name == INDEX), None)
    if index is None:
        raise NotFetched(f"{repository} has no {INDEX}: it isn't a pipeline that can be run here.")
    named = _index(index.url)
    try:
        trust.check_index(named, folder=repository)
    except GeneratorError as problem:
        raise NotFetched(str(problem)) from problem
    parts = {name for name, value in named.items() if isinstance(value, list) and value != [None, None]}
    files = tuple(
        file for file in offer.files if file.name == INDEX or PurePosixPath(file.name).parts[0] in parts
    )
    names = {file.name for file in files}
    for part in sorted(part for part in parts if part.startswith(WEIGHED)):
        if not any(name.startswith(f"{part}/") and name.endswith(".safetensors") for name in names):
            raise NotFetched(f"{repository} has no safetensors weights of its {part}; others aren't loaded.")
    return replace(offer, files=files)


def fetch(offer: Offer, *, on_progress: Progress | None = None, checking: Callable[[], object]) -> Source:
    """Fetch it into its folder, which is there as a whole or not at all. Raises NotFetched.

    `checking` is called when all files are there and are read through once more.
    """
    folder = folder_of(offer.repository)

    def finish(unfinished: Path) -> None:
        checking()
        _require_whole(unfinished)
        try:
            trust.check(unfinished)
        except GeneratorError as problem:
            raise NotFetched(str(problem)) from problem
        came = Source(
            repository=offer.repository,
            revision=offer.revision,
            page=f"{offer.page}/tree/{offer.revision}",
            licence=offer.licence,
            weights_sha256=weights.digest(unfinished),
        )
        source.write(unfinished, came)

    fetching.fetch(offer, folder, finish=finish, on_progress=on_progress)
    found = source.read(folder)
    assert found is not None
    return found


def _index(address: str) -> dict[str, Any]:
    try:
        with (
            Deadline(model_hub.ANSWER_SECONDS) as until,
            model_hub.open_file(address, until=until) as response,
        ):
            text = response.read(LARGEST_INDEX + 1)
        said = json.loads(text)
    except (*model_hub.AWAY, ValueError, RecursionError) as problem:
        raise NotFetched(f"{INDEX} can't be read: {model_hub.reason(problem)}.") from problem
    if len(text) > LARGEST_INDEX or not isinstance(said, dict):
        raise NotFetched(f"{INDEX} isn't one.")
    return said


def _require_whole(folder: Path) -> None:
    """That each file is there which a list of shards names. Raises NotFetched."""
    for listed in folder.glob("*/*.safetensors.index.json"):
        shards = set(json.loads(listed.read_text(encoding="utf-8")).get("weight_map", {}).values())
        if missing := sorted(name for name in shards if not (listed.parent / str(name)).is_file()):
            raise NotFetched(f"{listed.parent.name} lacks {missing[0]}: the repository isn't whole.")
