"""What the Undo of a message takes back of a collection, as it stands in the message's extra tags."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

PREFIX = "undo-collection="
Done = Literal["deleted", "added", "removed"]


@dataclass(frozen=True)
class Undo:
    """`at` names what was put in or taken out together."""

    collection: str
    done: str
    at: str


def tag(collection_id: UUID, done: Done, at: datetime) -> str:
    return f"{PREFIX}{collection_id},{done},{at.isoformat()}"


def read(tags: str) -> Undo | None:
    if not tags.startswith(PREFIX):
        return None
    collection, done, at = tags.removeprefix(PREFIX).split(",")
    return Undo(collection, done, at)
