"""What a large library has of clips that look alike: fingerprints for every clip, and pairs.

Every four clips are copies of one another, a fiftieth shares an end card (more than are looked for by it),
and scenes are shared by twenty and more.
"""

from dataclasses import dataclass

import numpy as np
from django.db import connection

from dam.duplicates import finding
from dam.media.fingerprints import BITS, CUT_FRAMES, CUTS, Fingerprint
from tests.benchmarks import scale_library
from tests.benchmarks.scale_library import Library

TOKENS = 300  # of a clip, as of six frames that are looked at with seven cuts
SHARED, SCENES, CARDS = 60, 65, 66  # of these so many are of all copies, of a scene, of an end card
FAMILY, SCENE, CARD = 4, 5_000, 50
CONTENTS = 2_000  # families beyond have the bits of others, and no token of theirs
FRAMES, LENGTH_MS = 25, 10_000

# The i-th token of clip n.
_TOKEN = (
    f"hashint8(CASE WHEN i <= {SHARED} THEN (n / {FAMILY})::bigint * 1000"
    f" WHEN i <= {SCENES} THEN -(1 + mod(n, {SCENE}))::bigint * 1000"
    f" WHEN i <= {CARDS} AND mod(n, {CARD}) = 0 THEN -9000000000"
    " ELSE 5000000000000 + n::bigint * 1000 END + i)"
)


@dataclass(frozen=True)
class Known(Fingerprint):
    """A fingerprint whose tokens are those that the library was written with."""

    own: tuple[int, ...] = ()
    further: tuple[int, ...] = ()

    def tokens(self, scope: str) -> list[int]:
        return sorted(self.own)

    def asked(self, scope: str) -> list[int]:
        return sorted({*self.own, *self.further})


def write(library: Library) -> None:
    """Fingerprints for every clip, and an open pair for every second one, a tenth of them told apart."""
    with scale_library.unwatched():
        with scale_library.indexed_afterwards("version_print_tokens"), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO dam_versionprint (version_id, method, length_ms, content, tokens)"
                f" SELECT version_id, {finding.METHOD}, {LENGTH_MS},"
                f" (%s::bytea[])[1 + mod(n / {FAMILY}, {CONTENTS})],"
                f" (SELECT array_agg({_TOKEN}) FROM generate_series(1, {TOKENS}) AS i) FROM seed",
                [[_content(number).to_bytes() for number in range(CONTENTS)]],
            )
        scale_library.execute(f"CREATE INDEX ON seed ((n / {FAMILY}))")
        scale_library.execute(
            "INSERT INTO dam_nearpair (brand_id, one_sha256, two_sha256, one_id, two_id, share, live,"
            " found_at, different_at)"
            " SELECT brand_id, one.sha256, two.sha256, one.version_id, two.version_id, 0.9, true, now(),"
            " CASE WHEN mod(one.n, 20) = 0 THEN now() END"
            " FROM (SELECT n, brand_id, version_id, encode(sha256(version_id::text::bytea), 'hex') AS sha256"
            "  FROM seed WHERE NOT trashed) one JOIN LATERAL (SELECT version_id,"
            "  encode(sha256(version_id::text::bytea), 'hex') AS sha256 FROM seed"
            f"  WHERE n / {FAMILY} = one.n / {FAMILY} AND brand_id = one.brand_id AND NOT trashed) two"
            " ON one.sha256 < two.sha256"
        )


def known(n: int) -> Known:
    """Of clip n, as a worker would make it of its pictures."""
    chance = np.random.default_rng(n)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT array_agg({_TOKEN}) FROM (SELECT {n:d} AS n) AS one, generate_series(1, {TOKENS}) AS i"
        )
        own = cursor.fetchone()[0]
    made = _content(n // FAMILY % CONTENTS)
    further = chance.integers(-(2**31), 2**31, size=TOKENS)  # of frames that aren't looked at with cuts
    return Known(
        made.length_ms,
        made.places,
        made.whole,
        made.cut_places,
        made.cut,
        own=tuple(own),
        further=tuple(further.tolist()),
    )


def _content(number: int) -> Fingerprint:
    """Bits by chance: of two families about half of them differ."""
    chance = np.random.default_rng(1_000_000 + number)
    places = np.linspace(20, 980, FRAMES).astype(np.uint16)
    whole = chance.integers(0, 256, size=(FRAMES, BITS // 8), dtype=np.uint8)
    chosen = np.linspace(0, FRAMES - 1, CUT_FRAMES).astype(int)
    cut = np.repeat(whole[chosen][:, None, :], len(CUTS), axis=1)
    return Fingerprint(LENGTH_MS, places, whole, places[chosen], cut)
