"""manage.py verify, in a process of its own with no database and no broker."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from dam.media import runner

NOWHERE = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "BROKER_URL": "redis://127.0.0.1:1/0"}


def verify(*args: str | Path, signing: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "verify", *map(str, args)]
    env = {**os.environ, **NOWHERE, "SIGNING_DIR": str(signing)}
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)


def found(done: subprocess.CompletedProcess[str]) -> list[Any]:
    return list(json.loads(done.stdout))


def test_one_json_document_with_an_entry_for_each_file(plain: Path, generated: Path, tmp_path: Path) -> None:
    done = verify("--json", generated, plain, signing=tmp_path / "signing")
    assert done.returncode == 0
    first, second = found(done)
    assert (first["path"], first["state"], first["codes"]) == (str(generated), "trusted", [])
    assert (second["state"], second["manifests"]) == ("none", [])
    assert first["manifests"][0]["signer"]["name"] == "Reelproof generator (development)"
    assert second["reasons"]


def test_anchors_are_trusted_beside_the_house(generated: Path, tmp_path: Path) -> None:
    root = tmp_path / "signing" / "development" / "root.pem"
    (alone,) = found(verify("--json", generated, signing=tmp_path / "none"))
    (with_root,) = found(verify("--json", generated, "--anchors", root, signing=tmp_path / "none"))
    assert (alone["state"], with_root["state"]) == ("valid", "trusted")


def test_a_file_that_is_not_there_is_told_and_fails(plain: Path, tmp_path: Path) -> None:
    done = verify("--json", tmp_path / "gone.mp4", plain, signing=tmp_path / "none")
    assert done.returncode == 1
    assert [entry["state"] for entry in found(done)] == ["unreadable", "none"]


def test_people_get_sentences(generated: Path, tmp_path: Path) -> None:
    done = verify(generated, signing=tmp_path / "signing")
    assert "generated.mp4: trusted" in done.stdout
    assert "development CA" in done.stdout
    assert done.returncode == 0


def test_a_wrong_anchor_file_is_an_error(plain: Path, tmp_path: Path) -> None:
    done = verify(plain, "--anchors", plain, signing=tmp_path / "none")
    assert done.returncode == 1
    assert "holds no certificates" in done.stderr


def test_the_hash_of_the_pictures_is_told_where_it_is_asked_for(generated: Path, tmp_path: Path) -> None:
    (entry,) = found(verify("--json", "--pictures", generated, signing=tmp_path / "none"))
    assert entry["pictures_sha256"] == runner.known_by(generated)
    assert (
        f"Pictures: {entry['pictures_sha256']}"
        in verify("--pictures", generated, signing=tmp_path / "none").stdout
    )
    (entry,) = found(verify("--json", generated, signing=tmp_path / "none"))
    assert "pictures_sha256" not in entry
