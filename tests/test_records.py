"""Records: what a frozen dataclass with slots does, they do."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any

import pytest

from icetui.records import field, record

SOURCE = """
from __future__ import annotations
from collections.abc import Mapping
from typing import ClassVar

@{made}
class {name}:
    "Some words."
    name: str
    count: int = 3
    tags: Mapping[str, int] = field(default_factory=dict)
    note: str = field(default="", compare=False)
    secret: str = field(default="", repr=False)
    kind: ClassVar[str] = "both"

    @property
    def doubled(self) -> int:
        return self.count * 2
"""

frozen = dataclasses.dataclass(frozen=True, slots=True)
exec(SOURCE.format(made="record", name="AsRecord"))  # here, so that pickle finds them
exec(SOURCE.format(made="frozen", name="AsDataclass"))


@pytest.fixture(params=["AsRecord", "AsDataclass"], name="Made")
def _made(request: pytest.FixtureRequest) -> Any:
    return globals()[request.param]


def test_values_stand_where_they_were_put(Made: Any) -> None:
    one = Made("a", tags={"x": 1})
    assert (one.name, one.count, one.tags, one.note, one.kind, one.doubled) == (
        "a",
        3,
        {"x": 1},
        "",
        "both",
        6,
    )
    assert Made(name="a", count=4) == Made("a", 4, {})
    assert Made("a").tags is not Made("a").tags
    with pytest.raises(TypeError):
        Made()
    with pytest.raises(TypeError):
        Made("a", 1, {}, "", "", "one too many")
    with pytest.raises(TypeError):
        Made("a", other=1)


def test_equal_values_make_equal_records(Made: Any) -> None:
    assert Made("a", note="this") == Made("a", note="that")
    assert Made("a") != Made("b")
    assert Made("a") != ("a", 3, {}, "")
    assert hash(Made("a", tags=(), note="this")) == hash(Made("a", tags=(), note="that"))
    assert len({Made("a", tags=()), Made("a", tags=()), Made("b", tags=())}) == 2
    with pytest.raises(TypeError, match="unhashable"):
        hash(Made("a", tags={}))


def test_nothing_can_be_changed_or_added(Made: Any) -> None:
    one = Made("a")
    for name in ("name", "another"):
        # A name without a slot: Python's own class statement makes `dataclasses` stumble there.
        with pytest.raises((dataclasses.FrozenInstanceError, TypeError)):
            setattr(one, name, "b")
    with pytest.raises(dataclasses.FrozenInstanceError):
        del one.name
    assert one == Made("a")
    assert not hasattr(one, "__dict__")


def test_what_is_shown_leaves_out_what_is_not_to_be_shown(Made: Any) -> None:
    assert repr(Made("a", secret="s")) == f"{Made.__qualname__}(name='a', count=3, tags={{}}, note='')"


def test_the_functions_of_dataclasses_take_them(Made: Any) -> None:
    one = Made("a", 5, {"x": 1}, "n", "s")
    assert "__dataclass_fields__" in vars(Made)
    assert [each.name for each in dataclasses.fields(one)] == ["name", "count", "tags", "note", "secret"]
    assert dataclasses.astuple(one) == ("a", 5, {"x": 1}, "n", "s")
    assert dataclasses.asdict(one)["tags"] == {"x": 1}
    assert dataclasses.replace(one, count=6) == Made("a", 6, {"x": 1}, "n", "s")
    with pytest.raises(TypeError):
        dataclasses.replace(one, other=6)


def test_copies_are_equal(Made: Any) -> None:
    one = Made("a", 5, {"x": 1}, "n", "s")
    for other in (copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert other is not one
        assert dataclasses.astuple(other) == dataclasses.astuple(one)


def test_a_pattern_matches_by_position(Made: Any) -> None:
    match Made("a", 5):
        case AsRecord(name, count) | AsDataclass(name, count):  # type: ignore[name-defined]  # noqa: F821
            assert (name, count) == ("a", 5)


def test_a_mutable_default_is_refused() -> None:
    for made in (record, frozen):
        with pytest.raises((TypeError, ValueError), match="mutable default"):
            made(type("Shared", (), {"__annotations__": {"all": "list[int]"}, "all": []}))


def test_a_record_has_no_records_among_its_parents() -> None:
    with pytest.raises(TypeError, match="parents"):
        record(type("Child", (AsRecord,), {}))  # type: ignore[name-defined]  # noqa: F821


def test_methods_of_its_own_stay() -> None:
    @record
    class Odd:
        value: int

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Odd) and self.value % 2 == other.value % 2

        def __hash__(self) -> int:
            return self.value % 2

        def __repr__(self) -> str:
            return "odd"

    assert Odd(1) == Odd(3)
    assert len({Odd(1), Odd(3), Odd(2)}) == 2
    assert repr(Odd(1)) == "odd"


def test_field_is_the_one_of_dataclasses() -> None:
    assert field is dataclasses.field
