"""What all families have in common: their seam, the one local filter, and answers that are nonsense."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from icetui.call import Call, Json
from icetui.errors import Misuse, NotFound, Unreadable
from icetui.families import FAMILIES, by_name, missing
from icetui.families.base import Family, FoundFamily, ListedFamily, Opened
from icetui.job import Job, Page, Query, State
from tests.recorded import ANSWERS, answered, body_of, utc

SMART, BATCH, IPRODUCTION, VOD_AI = FAMILIES

each_family = pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)


def job(**members: Json) -> Job:
    return Job("batch", members.pop("id", "b1"), **members)


class TestSeam:
    """What screens and feeds rely on."""

    def test_the_families_stand_in_the_order_of_their_keys(self) -> None:
        assert [family.name for family in FAMILIES] == ["smart", "batch", "iproduction", "vod-ai"]

    @each_family
    def test_a_family_is_found_by_its_name(self, family: Family) -> None:
        assert by_name(family.name) is family

    def test_a_name_that_no_family_has_is_misuse_and_the_names_are_told(self) -> None:
        with pytest.raises(Misuse, match="'smrat'") as caught:
            by_name("smrat")
        assert caught.value.hint == "the families are smart, batch, iproduction, vod-ai"

    def test_two_families_are_listed_and_one_is_found_by_media(self) -> None:
        assert [isinstance(family, ListedFamily) for family in FAMILIES] == [True, True, False, False]
        assert [isinstance(family, FoundFamily) for family in FAMILIES] == [False, False, False, True]

    @each_family
    def test_documented_states_go_through_a_jobs_life(self, family: Family) -> None:
        order = [State.WAITING, State.RUNNING, State.DONE, State.FAILED]
        assert [each.state for each in family.states] == order
        assert [family.state(each.word) for each in family.states] == order

    @each_family
    def test_labels_for_the_filter_bar_are_the_services_own(self, family: Family) -> None:
        labels = (family.type_label, family.state_label, family.order_label, family.orders)
        assert (
            labels
            == {
                "smart": ("JobType", "JobState", "SortBy", ("CreationTime:Desc", "CreationTime:Asc")),
                "batch": ("JobType", "Status", "SortBy", ("desc", "asc")),
                "iproduction": ("FunctionName", "Status", "order", ("newest", "oldest")),
                "vod-ai": ("Type", "Status", "order", ("newest", "oldest")),
            }[family.name]
        )

    @each_family
    def test_types_are_offered_each_once(self, family: Family) -> None:
        assert len(set(family.types)) == len(family.types)
        assert {"smart": 4, "batch": 9, "iproduction": 14, "vod-ai": 2}[family.name] == len(family.types)

    @each_family
    def test_a_lookup_asks_for_what_it_is_given(self, family: Family) -> None:
        call = family.lookup(["x*1"])
        assert (call.method, [value for _name, value in call.params]) == ("POST", ["x*1"])

    def test_a_missing_row_is_terminal_and_says_where_it_was_asked(self) -> None:
        row = missing("smart", "typo", "cn-beijing")
        assert (row.id, row.state.terminal, row.title) == ("typo", True, "")
        assert row.note == "unknown here, or in another region (cn-beijing asked)"


class TestMatches:
    """The one local filter."""

    @each_family
    def test_an_empty_query_matches_everything(self, family: Family) -> None:
        assert all(family.matches(job(state=state), Query()) for state in State)

    @each_family
    def test_failed_means_failed_and_partial(self, family: Family) -> None:
        found = [state for state in State if family.matches(job(state=state), Query(state="failed"))]
        assert found == [State.PARTIAL, State.FAILED]

    @each_family
    @pytest.mark.parametrize("state", [state for state in State if state is not State.FAILED])
    def test_each_other_state_of_ours_means_itself(self, family: Family, state: State) -> None:
        found = [each for each in State if family.matches(job(state=each), Query(state=state.value))]
        assert found == [state]

    @each_family
    def test_each_word_of_theirs_means_itself_in_any_letter_case(self, family: Family) -> None:
        for asked in family.states:
            # Lower case, batch's Failed is our `failed`: that is another question.
            for word in {asked.word, asked.word.upper(), asked.word.swapcase()}:
                found = [
                    each.word
                    for each in family.states
                    if family.matches(job(state=each.state, state_word=each.word), Query(state=word))
                ]
                assert found == [asked.word]

    @each_family
    def test_a_word_never_met_can_be_asked_for(self, family: Family) -> None:
        paused = job(state=State.UNKNOWN, state_word="Paused")
        assert family.matches(paused, Query(state="paused"))
        assert not family.matches(paused, Query(state="Pausing"))
        assert family.matches(paused, Query(state="Unknown"))

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("HEMA", True),
            (" hema ", True),
            ("SCRIPT", True),
            ("b1", True),
            ("STRASSE", True),
            ("nothing", False),
        ],
    )
    def test_text_is_looked_for_in_id_title_and_type(self, text: str, found: bool) -> None:
        row = job(type="Script", title="Hema Fresh, Straße", note="nothing")
        assert SMART.matches(row, Query(text=text)) is found

    @pytest.mark.parametrize(("kind", "found"), [("asr", True), (" ASR", True), ("AS", False), ("", True)])
    def test_type_is_the_whole_word(self, kind: str, found: bool) -> None:
        assert SMART.matches(job(type="ASR"), Query(type=kind)) is found

    @pytest.mark.parametrize(
        ("since", "until", "found"),
        [
            (None, None, True),
            (utc(2026, 1, 2), None, True),
            (utc(2026, 1, 2, 0, 0, 1), None, False),
            (None, utc(2026, 1, 2), False),
            (None, utc(2026, 1, 2, 0, 0, 1), True),
            (datetime(2026, 1, 2, 8, tzinfo=timezone(timedelta(hours=8))), None, True),
            (datetime(2026, 1, 2), None, True),  # noqa: DTZ001  # the edge that must not crash
        ],
    )
    def test_times_are_from_and_up_to(
        self, since: datetime | None, until: datetime | None, found: bool
    ) -> None:
        assert SMART.matches(job(created=utc(2026, 1, 2)), Query(since=since, until=until)) is found

    def test_a_job_without_a_time_is_in_no_time(self) -> None:
        assert not SMART.matches(job(), Query(since=utc(2026, 1, 1)))
        assert SMART.matches(job(), Query(type=""))

    def test_a_finished_batch_that_was_not_read_is_done_until_it_is(self) -> None:
        row = job(state=State.DONE, state_word="Finished")
        assert isinstance(BATCH, ListedFamily)
        assert BATCH.unread(row)
        assert BATCH.matches(row, Query(state="done"))
        assert not BATCH.matches(row, Query(state="failed"))

    @pytest.mark.parametrize("family", [SMART, BATCH], ids=["smart", "batch"])
    @pytest.mark.parametrize("state", ["", *(state.value for state in State), "Finished", "FAILED", "Paused"])
    def test_what_is_sent_never_hides_a_job_that_matches(self, family: ListedFamily, state: str) -> None:
        sent = family.listing(Query(state=state), "").get(family.state_label)
        for each in family.states:
            # A finished batch may turn out to be partial.
            states = (
                {each.state, State.PARTIAL} if family is BATCH and each.state is State.DONE else {each.state}
            )
            for truth in states:
                row = job(state=truth, state_word=each.word, whole=True)
                if family.matches(row, Query(state=state)):
                    assert sent in (None, each.word)


NUMBERS = st.none() | st.booleans() | st.integers() | st.floats()
WORDS = st.sampled_from(
    [
        "",
        "{}",
        "[]",
        "{",
        '[{"from": 0, "to": "x"}]',
        '{"MediaURL": 1}',
        "Finished",
        "Success",
        "fail",
        "0",
        "j1",
        "\n",
    ]
)
KEYS = """
    JobId State JobState Status SmartJobInfo JobResult AiResult SubtitleClips MediaURL MediaUrl MediaId Output
    OutputConfig InputConfig InputFile TitleArray EditingBatchJob SubJobList Extend ExtendInput ExtendOutput
    ErrorCode ErrorMessage Code Message Duration OutputUrls OutputFiles OutputMediaIds Result Url Input Name
    FunctionName AIJobList AIJob NonExistAIJobIds String Data OrigASRData AsrTextList Person Tag Times
    VideoDNA SmartJobList EditingBatchJobList JobInfoList NextToken TotalCount CreateTime ModifiedTime
    CompleteTime VideoTranslationAiResultMap UserData Usage
"""
NAMES = st.sampled_from(KEYS.split())
JSON = st.recursive(
    NUMBERS | WORDS | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=3), inner, max_size=5)
    ),
    max_leaves=25,
)
BODIES = st.dictionaries(NAMES, JSON, max_size=6)


SAMPLES = sorted(
    path.name
    for path in ANSWERS.glob("*.json")
    if path.name.startswith(("seed", "synth", "vod"))
    and path.read_text(encoding="utf-8").startswith("{")
    and "_inner_" not in path.name
    and "_result_" not in path.name
)
"""Whole bodies, refusals among them."""


def put(body: Json, places: list[int], what: Json) -> Json:
    """The body with one of its members, chosen by `places`, replaced."""
    if not places or not isinstance(body, (dict, list)) or not body:
        return what
    keys: list[Json] = list(body) if isinstance(body, dict) else list(range(len(body)))
    key = keys[places[0] % len(keys)]
    inner = put(body[key], places[1:], what)
    if isinstance(body, dict):
        return {**body, key: inner}
    return [*body[:key], inner, *body[key + 1 :]]


def read_all(family: Family, body: dict[str, Json]) -> None:
    """Reads a body in every way a family has; what is not refused has the promised type."""
    lookup = family.lookup(["j1"])
    for call in (lookup, Call(lookup.product, lookup.action, lookup.method)):
        answer = answered(call, body)
        try:
            page = family.read_lookup(answer)
        except (Unreadable, NotFound):
            continue
        assert isinstance(page, Page)
        for row in page.jobs:
            assert row.id == row.id.strip() != ""
            if row.state is State.MISSING:
                with pytest.raises(NotFound):
                    family.open(answer, row.id)
                continue
            opened = family.open(answer, row.id)
            assert isinstance(opened, Opened)
            assert opened.job == row
            json.dumps(opened.parameters)
    if isinstance(family, ListedFamily):
        try:
            listed = family.read_listing(answered(family.listing(Query(), ""), body))
        except Unreadable:
            return
        assert all(each.id and not each.whole for each in listed.jobs)
        assert isinstance(listed.token, str)
    if isinstance(family, FoundFamily):
        try:
            found = family.read_finding(answered(family.finding("m"), body))
        except Unreadable:
            return
        assert all(found)


class TestNonsense:
    """Bodies that are not what was documented."""

    @each_family
    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(body=BODIES)
    def test_any_body_is_read_or_refused(self, family: Family, body: dict[str, Json]) -> None:
        read_all(family, body)

    @each_family
    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        name=st.sampled_from(SAMPLES),
        places=st.lists(st.integers(0, 30), min_size=1, max_size=6),
        what=JSON,
    )
    def test_a_recorded_body_with_a_member_of_another_type_is_read_or_refused(
        self, family: Family, name: str, places: list[int], what: Json
    ) -> None:
        body = put(body_of(name), places, what)
        assert isinstance(body, dict)
        read_all(family, body)

    @each_family
    def test_a_body_nested_as_deep_as_bodies_may_be_is_read_or_refused(self, family: Family) -> None:
        deep: Json = []
        for _ in range(190):
            deep = [deep]
        for name in (
            "SmartJobInfo",
            "JobResult",
            "EditingBatchJob",
            "Result",
            "NonExistAIJobIds",
            "AIJobList",
        ):
            read_all(family, {"JobId": "j1", "Status": "Success", name: deep})

    @each_family
    def test_the_samples_of_other_families_are_read_or_refused(self, family: Family) -> None:
        for name in SAMPLES:
            read_all(family, body_of(name))
