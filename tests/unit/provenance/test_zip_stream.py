import io
import zipfile
from datetime import UTC, datetime

from provenance.downloads.zip_stream import Writer

AT = datetime(2026, 3, 4, 5, 6, 8, tzinfo=UTC)


def test_what_is_streamed_is_a_zip_that_others_read() -> None:
    writer = Writer()
    parts = [*writer.add("a.bin", [b"one", b"two"], at=AT), *writer.add("b.txt", [b""], at=AT), writer.end()]
    with zipfile.ZipFile(io.BytesIO(b"".join(parts))) as whole:
        assert whole.testzip() is None
        assert {name: whole.read(name) for name in whole.namelist()} == {"a.bin": b"onetwo", "b.txt": b""}
        assert whole.infolist()[0].date_time == (2026, 3, 4, 5, 6, 8)


def test_no_more_than_a_block_is_kept() -> None:
    writer = Writer()
    block = bytes(1024 * 1024)
    sizes = [len(part) for part in writer.add("large.bin", (block for _ in range(20)), at=AT)]
    assert max(sizes) < 2 * len(block)
    assert sum(sizes) > 20 * len(block)


def test_files_of_one_name_are_told_apart() -> None:
    writer = Writer()
    names = [writer.name_for(name) for name in ("Clip.mp4", "clip.mp4", "Clip.mp4", "README")]
    assert names == ["Clip.mp4", "clip (2).mp4", "Clip (3).mp4", "README"]
    assert writer.name_for("readme") == "readme (2)"
