"""A review of every clip of a large library, written straight into the tables: most of them are over."""

from django.db import connection

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from provenance.review.models import Decision, Review
from tests.benchmarks import scale_library
from tests.benchmarks.scale_library import Library
from tests.factories import member

OPEN_SHARE = 0.03  # the newest, due a minute apart, a third of them already
SENT_SHARE = 10  # one in so many is sent by one person
_OF_REVIEW = {
    "id": "gen_random_uuid()",
    "brand_id": "s.brand_id",
    "version_id": "s.version_id",
    "content_sha256": "(SELECT sha256 FROM dam_version WHERE id = s.version_id)",
    "stages": """'["brand", "legal"]'""",
    "stage": "mod(s.n, 2)",
    "state": "CASE WHEN {open} THEN 'open' WHEN s.released THEN 'approved' ELSE 'rejected' END",
    "submitted_by_id": "CASE WHEN mod(s.n, {sent}) = 0 THEN {sender} ELSE {other} END",
    "submitted_at": "s.created_at",
    "note": "''",
    "due_at": "CASE WHEN {open} THEN now() + (s.n - {late}) * interval '1 minute' END",
    "closed_at": "CASE WHEN NOT {open} THEN s.created_at + interval '1 day' END",
    "plan": "'[]'",
    "together": "false",
}
_OF_DECISION = {
    "review_id": "r.id",
    "stage": "r.stage",
    "kind": "CASE r.state WHEN 'approved' THEN 'approve' ELSE 'reject' END",
    "decided_by_id": "{reviewer}",
    "decided_at": "r.closed_at",
    "content_sha256": "r.content_sha256",
    "comment": "''",
    "uses": "'[]'",
    "territories": "'[]'",
    "checklist": "'[]'",
}


def write(library: Library) -> tuple[Member, Member]:
    """One who sent a tenth of them, and one who decides: of the big brand both."""
    sender, other = (member(library.brand, Role.CREATOR) for _ in range(2))
    reviewer = member(library.brand, Role.BRAND_REVIEWER)
    clips = scale_library.count()
    first = int(clips * (1 - OPEN_SHARE))
    said = {"open": f"s.n >= {first}", "sent": SENT_SHARE, "late": first + (clips - first) // 3}
    said |= {"sender": sender.user.pk, "other": other.user.pk, "reviewer": reviewer.user.pk}
    with scale_library.unwatched(), connection.cursor() as cursor:
        for model, values, rows in (
            (Review, _OF_REVIEW, "seed s WHERE NOT s.trashed"),
            (Decision, _OF_DECISION, "provenance_review r WHERE r.state <> 'open'"),
        ):
            columns, chosen = ", ".join(values), ", ".join(values.values()).format(**said)
            cursor.execute(f"INSERT INTO {model._meta.db_table} ({columns}) SELECT {chosen} FROM {rows}")
            cursor.execute(f"VACUUM ANALYZE {model._meta.db_table}")
    return sender, reviewer
