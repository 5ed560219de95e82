"""Every process works out the same addresses from DATA_DIR."""

import os
from pathlib import Path

import dj_database_url
import pytest

from dam.embedded import postgres, sockets, valkey


def test_django_reads_the_database_address_back() -> None:
    parsed = dj_database_url.parse(postgres.url(Path("/srv/Reel Proof/var")))
    assert parsed["HOST"] == "/srv/Reel Proof/var/postgres"
    assert (parsed["USER"], parsed["NAME"], parsed["PORT"]) == ("reelproof", "reelproof", 5432)


def test_the_broker_listens_beside_its_data() -> None:
    assert valkey.url(Path("/srv/var")) == "redis+socket:///srv/var/valkey/valkey.sock"


def test_a_long_path_gets_a_short_socket_folder() -> None:
    long = Path("/srv") / ("x" * 100)
    folder = sockets.folder(long, "postgres")
    assert len(os.fsencode(folder / ".s.PGSQL.5432")) <= sockets.LONGEST_PATH
    assert folder != sockets.folder(long, "valkey")


def test_a_socket_folder_made_by_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(sockets.SocketFolderTaken):
        sockets.make_folder(tmp_path / "link")
