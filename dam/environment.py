"""Reading configuration from the environment, with one clear error for a bad value."""

import fcntl
import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str = "") -> str:
    return os.environ.get(name) or default


def flag(name: str, *, default: bool) -> bool:
    raw = os.environ.get(name)
    if raw is None:
        return default
    if raw.lower() in TRUE:
        return True
    if raw.lower() in FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={raw!r} is neither yes nor no. Use 1 or 0.")


def number(name: str, default: int) -> int:
    raw = os.environ.get(name)
    if not raw:
        return default
    try:
        return int(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={raw!r} is not a whole number.") from None


def count(name: str) -> int:
    """How many there are: a number, where a plain yes means one."""
    raw = (os.environ.get(name) or "").strip().lower()
    if raw.isascii() and raw.isdigit() and len(raw) < 3:
        return int(raw)
    return int(flag(name, default=False))


def folder_address(name: str) -> str:
    """The path of an address, from "/" to "/"; empty where none is set."""
    raw = text(name)
    if raw and not (len(raw) > 2 and raw.startswith("/") and raw.endswith("/") and "//" not in raw):
        raise ImproperlyConfigured(f"{name}={raw!r} is no path like /stored/, from slash to slash.")
    return raw


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list; blanks are dropped."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def secret_key(data_dir: Path) -> str:
    """SECRET_KEY, or one made once and kept beside the data, readable by its owner only."""
    given = os.environ.get("SECRET_KEY")
    if given:
        return given
    return made_once(data_dir / "secret_key", lambda: secrets.token_urlsafe(50)).strip()


def made_once(path: Path, make: Callable[[], str]) -> str:
    """The text of a file for its owner alone, which is made where there is none.

    It comes into being whole: of processes that start together one makes it, and none reads half of it.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
        try:
            with os.fdopen(handle, "w") as file:
                file.write(make())
                file.flush()
                os.fsync(file.fileno())  # before it has its name: a power cut must leave no empty key
            _put_once(Path(part), path)
        finally:
            Path(part).unlink(missing_ok=True)
    return path.read_text()


def _put_once(part: Path, path: Path) -> None:
    """Give the file its name, unless another process was first."""
    try:
        os.link(part, path)
    except FileExistsError:
        return
    except OSError:  # a file system without hard links
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            if not path.exists():
                part.replace(path)
        finally:
            os.close(folder)
