"""What decides whether a kept test database is used again."""

from pathlib import Path

import pytest

from tests import kept_cluster


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is read of the repository, in little."""
    for name in (
        "constraints.txt",
        "dam/embedded/postgres.py",
        "dam/core/roles.py",
        "dam/migrations/0001_initial.py",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}")
    monkeypatch.setattr(kept_cluster, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "change", ["dam/migrations/0001_initial.py", "dam/migrations/0002_more.py", "constraints.txt"]
)
def test_another_migration_or_package_asks_for_another_database(tree: Path, change: str) -> None:
    before = kept_cluster.digest()
    assert kept_cluster.digest() == before
    (tree / change).write_text("# changed")
    assert kept_cluster.digest() != before


def test_a_kept_cluster_is_copied_and_the_oldest_go(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        kept_cluster, "_make", lambda cluster: (cluster.mkdir(), (cluster / "PG_VERSION").touch())
    )
    for number in range(kept_cluster.MOST + 2):
        (tree / "constraints.txt").write_text(f"# {number}")
        kept_cluster.copy_to(tmp_path / str(number), kept=tmp_path / "kept")
        assert (tmp_path / str(number) / "postgres/data/PG_VERSION").exists()
    kept = [path for path in (tmp_path / "kept").iterdir() if path.is_dir()]
    assert len(kept) == kept_cluster.MOST
    assert tmp_path / "kept" / kept_cluster.digest() in kept
