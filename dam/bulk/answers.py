"""What came of one clip of a bulk edit."""

from dataclasses import dataclass, field
from typing import Any

from dam.bulk.models import Outcome


@dataclass
class Answer:
    """What was done to a clip, and why something was not. `done` is what undoing needs (dam.bulk.doing)."""

    done: dict[str, Any] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        if self.done:
            return Outcome.CHANGED
        return Outcome.LEFT if self.reasons else Outcome.SAME

    @property
    def reason(self) -> str:
        return " ".join(dict.fromkeys(self.reasons))[:300]
