import pytest

from dam.accounts import keys


@pytest.mark.parametrize("kind", keys.KeyKind)
def test_a_key_opens_what_kept_its_digest_and_says_of_which_kind_it_is(kind: keys.KeyKind) -> None:
    key = keys.new(kind)
    assert key.secret.startswith(kind)
    assert keys.opens(key.secret, kept=key.digest)
    assert keys.prefix_of(key.secret) == key.prefix
    assert len(key.prefix) == keys.PREFIX_LENGTH


def test_no_other_secret_opens_it() -> None:
    key, other = keys.new(keys.KeyKind.TOKEN), keys.new(keys.KeyKind.TOKEN)
    for wrong in (other.secret, key.secret[:-1], key.secret + "x", key.prefix, key.digest, "", "ü"):
        assert not keys.opens(wrong, kept=key.digest)


def test_what_is_kept_does_not_give_the_secret_away() -> None:
    key = keys.new(keys.KeyKind.SHARE)
    assert key.secret not in key.prefix + key.digest
    assert len(key.secret) - len(key.prefix) >= 32


def test_each_kind_of_key_is_told_by_how_it_begins() -> None:
    assert len(keys.KeyKind) == len({each.value for each in keys.KeyKind}) == 6
