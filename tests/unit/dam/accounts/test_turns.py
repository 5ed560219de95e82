"""Fair turns: first between brands, then between the people of one. Pure."""

from datetime import UTC, datetime, timedelta

from dam.accounts.turns import in_turn

ANNA, BEN, CARLA = (1, 1), (1, 2), (2, 3)  # Carla works for another brand
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_one_brands_next_take_does_not_stand_behind_all_of_another() -> None:
    waiting = [*((f"a{n}", ANNA) for n in range(240)), ("c", CARLA)]
    assert in_turn(waiting, served={})[:3] == ["a0", "c", "a1"]
    assert in_turn(waiting, served={ANNA: NOW})[:2] == ["c", "a0"]


def test_people_of_one_brand_take_turns() -> None:
    waiting = [("a1", ANNA), ("a2", ANNA), ("a3", ANNA), ("b1", BEN), ("b2", BEN)]
    assert in_turn(waiting, served={}) == ["a1", "b1", "a2", "b2", "a3"]


def test_a_brand_with_many_people_gets_no_more_than_one_with_few() -> None:
    waiting = [("a", ANNA), ("b", BEN), ("c1", CARLA), ("c2", CARLA)]
    assert in_turn(waiting, served={}) == ["a", "c1", "b", "c2"]


def test_who_was_served_longest_ago_is_first() -> None:
    served = {ANNA: NOW, BEN: NOW - timedelta(hours=1), CARLA: NOW - timedelta(minutes=1)}
    waiting = [("a", ANNA), ("b", BEN), ("c", CARLA)]
    assert in_turn(waiting, served=served) == ["c", "b", "a"]


def test_nobody_is_left_out_and_each_keeps_the_order_of_asking() -> None:
    waiting = [(f"{who}{n}", who) for n in range(5) for who in (ANNA, BEN, CARLA)]
    done = in_turn(waiting, served={ANNA: NOW})
    assert sorted(done) == sorted(key for key, _ in waiting)
    assert [key for key in done if key.startswith(str(ANNA))] == [f"{ANNA}{n}" for n in range(5)]
