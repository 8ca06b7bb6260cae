"""The README says what the code does: keys, help, policy, changelog, commands."""

from __future__ import annotations

import asyncio
import json
import re

import pytest

from icetui import __version__
from icetui.families import FAMILIES
from icetui.keymap import KEYS
from tests.readme import PLACES, README, filled
from tests.screenshots import FOLDER, SHOTS, taken


def test_key_table_and_command_help_follow_from_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    text = README.read_text()
    assert filled(text) == text, "run: python -m tests.readme"


def test_no_place_with_keys_is_left_out_of_the_table() -> None:
    assert {key.where for key in KEYS} == {"everywhere", *PLACES}


def test_the_policy_of_the_readme_is_the_one_in_assets() -> None:
    shown = re.search(r'```json\n(\{"Version".*?)```', README.read_text(), re.S)
    assert shown
    assert json.loads(shown[1]) == json.loads((README.parent / "assets" / "ram-policy.json").read_text())


def test_the_policy_allows_what_the_families_ask_for() -> None:
    policy = json.loads((README.parent / "assets" / "ram-policy.json").read_text())
    allowed = set(policy["Statement"][0]["Action"])
    for family in FAMILIES:
        call = family.lookup(["x"])
        assert f"{call.product}:{call.action}" in allowed


def test_the_changelog_is_the_last_section_and_begins_with_this_version() -> None:
    sections = re.findall(r"^## (.+)$", README.read_text(), re.M)
    assert sections[-1] == "Changelog"
    first = re.search(r"## Changelog\n\n### (\S+)", README.read_text())
    assert first
    assert first[1] == __version__


def test_screenshots_named_in_the_readme_exist() -> None:
    names = re.findall(r"\]\((screenshots/[^)]+)\)", README.read_text())
    assert names
    for name in names:
        assert (README.parent / name).is_file(), name


def test_the_two_first_commands_are_one_line_each() -> None:
    for name in ("demo", "test"):
        found = re.search(rf"<!-- {name} -->\n```sh\n(.+?)\n```", README.read_text(), re.S)
        assert found
        assert "\n" not in found[1]


@pytest.mark.parametrize("name", SHOTS)
def test_the_screenshots_are_what_the_demo_shows(name: str) -> None:
    assert asyncio.run(taken(name)) == (FOLDER / f"{name}.svg").read_text(), (
        "run: python -m tests.screenshots"
    )
