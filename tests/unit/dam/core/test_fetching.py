"""Models come from a hub as a whole or not at all."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dam.core import fetching, licences, model_hub
from dam.core.model_hub import NotFetched
from tests import model_hub as fake
from tests.model_hub import Hub

REPOSITORY = "laion/CLIP-ViT-B-32"
WEIGHTS = bytes(range(256)) * 400
WANTED = ("*.json", "*.safetensors")


@pytest.fixture
def hub(settings: Any) -> Iterator[Hub]:
    files = {"config.json": b"{}", "weights.safetensors": WEIGHTS, "README.md": b"# A model"}
    with fake.running(Hub(files={REPOSITORY: files}, cards={REPOSITORY: {"license": "mit"}})) as running:
        settings.MODEL_HUB = running.url
        yield running


def fetch(folder: Path, **options: Any) -> Path:
    options.setdefault("wait", lambda seconds: None)
    return fetching.fetch(model_hub.look_up(REPOSITORY, wanted=WANTED), folder, **options)


def test_licence_size_and_commit_are_known_before_anything_is_fetched(hub: Hub) -> None:
    offer = model_hub.look_up(REPOSITORY, wanted=WANTED)
    assert (offer.licence, offer.size, offer.revision) == ("MIT", len(WEIGHTS) + 2, fake.COMMIT)
    assert [path for path, _ in hub.asked] == [f"/api/models/{REPOSITORY}/revision/main"]


def test_the_files_asked_for_come_and_no_others(hub: Hub, tmp_path: Path) -> None:
    folder = fetch(tmp_path / "model")
    assert {path.name for path in folder.iterdir()} == {"config.json", "weights.safetensors"}
    assert (folder / "weights.safetensors").read_bytes() == WEIGHTS


def test_progress_is_told_in_bytes(hub: Hub, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    fetch(tmp_path / "model", on_progress=lambda there, of: told.append((there, of)))
    assert told[-1] == (len(WEIGHTS) + 2, len(WEIGHTS) + 2)


def test_what_breaks_off_goes_on_where_it_broke(hub: Hub, tmp_path: Path) -> None:
    hub.breaks_after = [70_000]
    folder = fetch(tmp_path / "model")
    assert (folder / "weights.safetensors").read_bytes() == WEIGHTS
    assert hub.asked[-1][1] == "bytes=70000-"


def test_after_too_many_breaks_what_has_come_is_kept_for_the_next_time(hub: Hub, tmp_path: Path) -> None:
    hub.breaks_after = [10_000] * fetching.TRIES
    with pytest.raises(NotFetched, match=r"broke off .* what has come is kept"):
        fetch(tmp_path / "model")
    assert not (tmp_path / "model").exists()
    folder = fetch(tmp_path / "model")
    assert hub.asked[-1][1] == f"bytes={10_000 * fetching.TRIES}-"
    assert (folder / "weights.safetensors").read_bytes() == WEIGHTS


def test_other_contents_than_promised_are_refused_and_deleted(hub: Hub, tmp_path: Path) -> None:
    hub.lies = True
    with pytest.raises(NotFetched, match="other contents than the hub promised"):
        fetch(tmp_path / "model")
    assert not (tmp_path / "model").exists()
    assert not list(tmp_path.rglob("*.part"))


def test_a_disk_that_is_too_full_is_seen_first(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(NotFetched, match=r"needs 1\.\d GB"):
        fetch(tmp_path / "model")
    assert not any("elsewhere" in path for path, _ in hub.asked)


def test_a_model_that_is_there_is_not_overwritten(hub: Hub, tmp_path: Path) -> None:
    fetch(tmp_path / "model")
    with pytest.raises(NotFetched, match="there already"):
        fetch(tmp_path / "model")


def test_two_do_not_fetch_the_same_at_once(hub: Hub, tmp_path: Path) -> None:
    def again(folder: Path) -> None:
        with pytest.raises(NotFetched, match="being fetched already"):
            fetch(tmp_path / "model")

    fetch(tmp_path / "model", finish=again)


@pytest.mark.parametrize(
    ("status", "sentence"), [(401, "agreed to its licence"), (404, "The hub has no"), (418, "status 418")]
)
def test_a_hub_that_refuses_says_why(hub: Hub, status: int, sentence: str) -> None:
    hub.status = status
    with pytest.raises(NotFetched, match=sentence):
        model_hub.look_up(REPOSITORY, wanted=WANTED)


def test_without_a_network_the_sentence_says_so(settings: Any) -> None:
    settings.MODEL_HUB = "http://127.0.0.1:9"
    with pytest.raises(NotFetched, match=r"127\.0\.0\.1:9 can't be reached"):
        model_hub.look_up(REPOSITORY, wanted=WANTED)


def test_a_name_that_leads_out_of_the_folder_is_refused(hub: Hub) -> None:
    hub.files[REPOSITORY]["../evil.json"] = b"{}"
    with pytest.raises(NotFetched, match="leads out of the folder"):
        model_hub.look_up(REPOSITORY, wanted=WANTED)


@pytest.mark.parametrize(
    ("licence", "forbidden"),
    [("MIT", False), ("Apache-2.0", False), ("CC-BY-NC-4.0", True), ("apple-amlr", True), ("", False)],
)
def test_licences_that_forbid_commercial_use_are_told_by_their_names(licence: str, forbidden: bool) -> None:
    assert licences.forbids_commercial_use(licences.from_hub(licence)) is forbidden
