"""A master from outside is parsed in the sandbox, which has no key."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dam.core import sandbox
from provenance.manifests import c2pa_io, signing, signing_process
from provenance.manifests.development_ca import Purpose
from provenance.manifests.validation_codes import State
from tests import claim_factory, media_factory


@pytest.fixture
def master(tmp_path: Path) -> Path:
    (tmp_path / "films").mkdir()
    return media_factory.clip(tmp_path / "films" / "master.mp4", frames=4)


def sign(master: Path) -> State:
    out = master.with_name("release.mp4")
    return signing.sign_release(master, out=out, facts=claim_factory.release()).state


def read_by(monkeypatch: pytest.MonkeyPatch, code: str, **limits: Any) -> None:
    """Another program in place of the signing library's reader; that which verifies stays."""
    start = sandbox.start

    def other(program: Sequence[str | Path], **options: Any) -> Any:
        if options["stdin"] is None:
            program = [sys.executable, "-I", "-c", code]
            options["limits"] = replace(options["limits"], **limits)
        return start(program, **options)

    monkeypatch.setattr(sandbox, "start", other)


def test_a_release_is_signed_without_the_key_in_the_process_that_reads_it(
    master: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(c2pa_io, "sign", None)  # not here, that is
    assert sign(master) is State.TRUSTED
    assert sorted(path.name for path in master.parent.iterdir()) == ["master.mp4", "release.mp4"]


def test_the_librarys_own_words_come_through(master: Path) -> None:
    master.write_bytes(master.read_bytes() + b"junk" * 25)
    with pytest.raises(c2pa_io.SigningFailed, match="extends beyond"):
        sign(master)
    assert [path.name for path in master.parent.iterdir()] == ["master.mp4"]


def test_a_key_that_fails_is_named_and_not_the_file(master: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: bytes) -> bytes:
        raise ConnectionError("the key's server is away")

    keep = signing.signer
    monkeypatch.setattr(signing, "signer", lambda purpose: replace(keep(purpose), sign=fail))
    with pytest.raises(ConnectionError):
        sign(master)


def test_one_signature_is_all_it_gets(master: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[bytes] = []
    keep = signing.signer(Purpose.REVIEWER)

    def count(data: bytes) -> bytes:
        given.append(data)
        return keep.sign(data)

    monkeypatch.setattr(signing, "signer", lambda _: replace(keep, sign=count))
    read_by(
        monkeypatch,
        'import sys\nsys.stdin.readline()\nfor _ in range(9): print(\'{"sign": "eA=="}\', flush=True)',
    )
    with pytest.raises(c2pa_io.SigningFailed):
        sign(master)
    assert given == [b"x"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import os; os.abort()", "crashed"),
        ("raise MemoryError", "more memory"),
        ("raise SystemExit('no such thing')", "couldn't be signed"),
        ("print('[]')", "couldn't be signed"),
        ("print('{')", "couldn't be signed"),
    ],
)
def test_the_end_of_its_process_is_explained(
    master: Path, monkeypatch: pytest.MonkeyPatch, code: str, words: str
) -> None:
    read_by(monkeypatch, code)
    with pytest.raises(c2pa_io.SigningFailed, match=words):
        sign(master)


@pytest.mark.parametrize(
    "code",
    [
        "import os; raise OSError(28, os.strerror(28))",
        """print('{"failed": "Io: No space left on device (os error 28)"}')""",
    ],
)
def test_a_full_disk_while_signing_says_nothing_of_the_file(
    master: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    read_by(monkeypatch, code)
    with pytest.raises(OSError, match="No space left"):
        sign(master)


def test_a_process_that_says_it_is_done_and_wrote_nothing_is_not_believed(
    master: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_by(monkeypatch, "print('{\"signed\": true}')")
    with pytest.raises(c2pa_io.SigningFailed, match="without a file"):
        sign(master)


def test_a_process_that_writes_something_else_is_not_believed(
    master: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "import json, sys; out = json.loads(sys.stdin.readline())['out']; open(out, 'w').write('x')"
    read_by(monkeypatch, f"{code}\nprint('{{\"signed\": true}}')")
    with pytest.raises(signing.NotAsSigned):
        sign(master)
    assert [path.name for path in master.parent.iterdir()] == ["master.mp4"]


def test_an_end_from_outside_is_raised_as_such(master: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_by(monkeypatch, "import os; os.kill(os.getpid(), 9)")
    with pytest.raises(sandbox.Interrupted):
        sign(master)


def test_every_outcome_has_words() -> None:
    for outcome in sandbox.Outcome:
        done = sandbox.Completed(outcome, status=1, stdout=b"", stderr="why", seconds=1)
        assert signing_process._explain(done).endswith((".", "why"))
