"""Many things at once are told as one."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from dam.notifications import collapsing
from dam.notifications.collapsing import Bundle, Happening

NOW = datetime(2027, 5, 3, 12, tzinfo=UTC)


def happening(
    event: int, *, clip: int | None = None, by: str = "user:1", kind: str = "commented"
) -> Happening:
    asset = UUID(int=clip) if clip else None
    return Happening(7, kind, by, event, NOW + timedelta(seconds=event), asset)


def shape(bundles: list[Bundle]) -> list[tuple[int, int]]:
    """Clips and events of each."""
    return [(bundle.asset_count, bundle.count) for bundle in bundles]


def test_a_few_clips_are_told_one_by_one() -> None:
    assert shape(collapsing.collapse([happening(1, clip=1), happening(2, clip=2)])) == [(1, 1), (1, 1)]


def test_several_comments_on_one_clip_are_one() -> None:
    (bundle,) = collapsing.collapse([happening(1, clip=1), happening(2, clip=1), happening(3, clip=1)])
    assert (bundle.event, bundle.newest, bundle.count, bundle.asset_count) == (1, 3, 3, 1)


def test_forty_two_clips_are_one_and_41_others() -> None:
    (bundle,) = collapsing.collapse([happening(n, clip=n) for n in range(1, 43)])
    assert (bundle.asset_count, bundle.count, bundle.assets[0]) == (42, 42, UUID(int=1))


def test_a_thousand_clips_are_counted_and_fifty_remembered() -> None:
    (bundle,) = collapsing.collapse([happening(n, clip=n) for n in range(1, 1001)])
    assert (bundle.asset_count, len(bundle.assets)) == (1000, collapsing.KEPT)


def test_a_storm_goes_on_in_the_next_batch() -> None:
    (storm,) = collapsing.collapse([happening(n, clip=n) for n in range(1, 43)])
    storm.row = 5
    (again,) = collapsing.collapse([happening(n, clip=n) for n in range(43, 53)], known=[storm])
    assert (again.row, again.asset_count) == (5, 52)


def test_clips_that_trickle_in_become_a_storm() -> None:
    known: list[Bundle] = []
    for n in range(1, 11):
        for bundle in collapsing.collapse([happening(n, clip=n)], known=known):
            if bundle not in known:
                known.append(bundle)
    assert shape(known) == [(1, 1), (1, 1), (8, 8)]


def test_what_did_not_change_is_not_told_again() -> None:
    known = collapsing.collapse([happening(1, clip=1)])
    assert shape(collapsing.collapse([happening(2, clip=2)], known=known)) == [(1, 1)]


def test_each_persons_work_stands_for_itself() -> None:
    both = [happening(1, clip=1, by="user:1"), happening(2, clip=1, by="user:2")]
    assert shape(collapsing.collapse(both)) == [(1, 1), (1, 1)]


def test_kinds_are_not_mixed() -> None:
    both = [happening(1, clip=1), happening(2, clip=1, kind="decided")]
    assert shape(collapsing.collapse(both)) == [(1, 1), (1, 1)]


def test_events_without_a_clip_are_one() -> None:
    assert shape(collapsing.collapse([happening(1), happening(2)])) == [(0, 2)]
