from generation.previz.world import scenes


def test_a_seed_gives_the_same_scene_every_time() -> None:
    assert scenes.sample(7) == scenes.sample(7)


def test_seeds_give_every_value_of_every_attribute() -> None:
    drawn = [scenes.sample(seed) for seed in range(600)]
    for name, values in scenes.ATTRIBUTES.items():
        assert {getattr(scene, name) for scene in drawn} == set(values)


def test_training_never_sees_a_held_out_triple() -> None:
    drawn = [scenes.sample(seed) for seed in range(400)]
    seen = [s for s in drawn if s.objects]
    assert not any(scenes.is_held_out(shape=s.shape, colour=s.colour, motion=s.motion) for s in seen)


def test_held_out_scenes_come_from_held_out_triples_alone() -> None:
    drawn = [scenes.sample(seed, held_out=True) for seed in range(50)]
    assert all(scenes.is_held_out(shape=s.shape, colour=s.colour, motion=s.motion) for s in drawn)


def test_about_a_tenth_of_the_triples_is_held_out() -> None:
    triples = [
        scenes.is_held_out(shape=shape, colour=colour, motion=motion)
        for shape in scenes.SHAPES
        for colour in scenes.COLOURS
        for motion in scenes.MOTIONS
    ]
    assert 0.07 < sum(triples) / len(triples) < 0.13


def test_labels_point_at_the_values() -> None:
    scene = scenes.sample(3)
    found = scenes.labels([scene])
    assert {name: scenes.ATTRIBUTES[name][place] for name, (place,) in found.items()} == {
        name: getattr(scene, name) for name in scenes.ATTRIBUTES
    }


def test_only_what_can_be_shown_together_is_drawn() -> None:
    for scene in (scenes.sample(seed) for seed in range(400)):
        assert scenes.is_possible(
            shape=scene.shape, motion=scene.motion, count=scene.count, camera=scene.camera
        )


def test_a_scene_without_objects_shows_its_place_alone() -> None:
    empty = next(s for s in map(scenes.sample, range(400)) if s.count == "none")
    assert scenes.shown(empty) == ("count", "ground", "light", "camera")
