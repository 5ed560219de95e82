"""Facts to sign in tests."""

from datetime import UTC, datetime
from typing import Any

from provenance.manifests.claims import (
    CutFacts,
    GeneratedFacts,
    ModelFacts,
    ReleaseFacts,
    SourceFacts,
    SourceRelation,
    StageFacts,
)

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MODEL = ModelFacts(name="previz-dit", version="0.1", weights_sha256="ab" * 32, licence="Apache-2.0")
LEGAL = StageFacts(stage="legal", role="legal_reviewer", at=AT)


def generated(**changes: Any) -> GeneratedFacts:
    facts: dict[str, Any] = {
        "title": "Red kite",
        "prompt": "a red kite over the sea",
        "prompt_disclosure": "hash",
        "seed": 7,
        "model": MODEL,
        "job_id": "0b5f",
        "at": AT,
        "parameters": {"steps": 8, "guidance": 5.0},
    }
    return GeneratedFacts(**facts | changes)


def source(role: str, relation: str) -> SourceFacts:
    return SourceFacts(role=role, title="Bottle", sha256="ef" * 32, relation=SourceRelation(relation))


def cut(*sources: SourceFacts) -> CutFacts:
    pieces = [{"role": each.role, "sha256": each.sha256, "first": 0, "end": 25} for each in sources]
    return CutFacts(
        title="Spring",
        sources=sources,
        pieces=pieces,
        generated=True,
        changes=("c2pa.trimmed", "c2pa.cropped", "c2pa.transcoded"),
        cut_id="0b5f",
        at=AT,
    )


def release(**changes: Any) -> ReleaseFacts:
    facts: dict[str, Any] = {
        "title": "Red kite",
        "review_id": "c0ffee",
        "content_sha256": "cd" * 32,
        "organisation": "Northwind Drinks",
        "stages": (LEGAL,),
        "uses": ("web", "social"),
        "territories": ("EU",),
        "valid_until": datetime(2027, 6, 30, tzinfo=UTC),
        "at": AT,
    }
    return ReleaseFacts(**facts | changes)
