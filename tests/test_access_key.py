"""An access key does not tell its secret, whoever prints it."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
import traceback

import pytest

from icetui.access_key import AccessKey, Secret

ID = "LTAI5tExampleAccessKeyId"
SECRET = "ExampleAccessKeySecret0123456789ab"
KEY = AccessKey(ID, Secret(SECRET), Secret("CAISExampleSecurityToken+/=="))


@pytest.mark.parametrize(
    "shown",
    [
        str(Secret(SECRET)),
        repr(Secret(SECRET)),
        f"{Secret(SECRET)}",
        f"{Secret(SECRET)!r:>40}",
        f"{Secret(SECRET):>40}",
        f"{[Secret(SECRET)]}",
        repr(KEY),
        str({"key": KEY}),
    ],
)
def test_printing_a_secret_in_any_way_shows_stars_or_a_hint(shown: str) -> None:
    assert SECRET not in shown
    assert ID not in shown
    assert "***" in shown or "LTAI…eyId" in shown


def test_revealing_is_the_only_way_to_the_value() -> None:
    assert Secret(SECRET).reveal() == SECRET
    assert not hasattr(Secret(SECRET), "__dict__")
    with pytest.raises(TypeError):
        json.dumps(Secret(SECRET))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_neither_secret_nor_key_is_pickled(protocol: int) -> None:
    for value in (Secret(SECRET), KEY):
        with pytest.raises(TypeError):
            pickle.dumps(value, protocol)


def test_neither_is_copied_into_a_plain_dict() -> None:
    with pytest.raises(TypeError):
        copy.deepcopy(KEY)
    with pytest.raises(TypeError):
        dataclasses.asdict(KEY)


def test_a_traceback_that_prints_locals_does_not_hold_the_secret() -> None:
    def crash(secret: Secret, key: AccessKey) -> None:
        raise RuntimeError(f"with {secret} and {key}")

    with pytest.raises(RuntimeError) as caught:
        crash(Secret(SECRET), KEY)
    text = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "secret = ***" in text
    # The test's own constants are not locals; whatever else is printed, no value is.
    assert SECRET not in text
    assert ID not in text


def test_secrets_compare_by_value_and_an_empty_one_is_false() -> None:
    assert Secret("a") == Secret("a")
    assert hash(Secret("a")) == hash(Secret("a"))
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert not Secret("")
    assert Secret("a")


@pytest.mark.parametrize(
    ("key_id", "hint"),
    [
        (ID, "LTAI…eyId"),
        ("STS.NUExampleAccessKeyId", "STS.…eyId"),
        ("123456789", "1234…6789"),
        ("12345678", "12345678"),
        ("", ""),
    ],
)
def test_the_hint_is_the_first_and_last_four_characters(key_id: str, hint: str) -> None:
    assert AccessKey(key_id, Secret("x")).hint == hint


def test_the_digest_stands_for_the_id_alone_and_does_not_hold_it() -> None:
    digest = KEY.digest
    assert digest == AccessKey(ID, Secret("another")).digest
    assert digest != AccessKey(ID[:-1], Secret(SECRET)).digest
    assert len(digest) == 16
    assert int(digest, 16) >= 0
    assert ID[:4] not in digest


def test_a_key_is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        KEY.id = "other"  # type: ignore[misc]  # that is what is tested
