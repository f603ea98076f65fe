"""The votes a first start has: the demo's two as they ended, one of today to cast in, and the others around it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from meetings import Eye
from meetings.docket import Motion
from meetings.docket.bundle import bundle_of, flaws_of
from server.sample.cast import Cast, ms
from server.sample.community import COMMUNITY
from server.sample.owners import Owners
from server.sample.programme import read_council
from server.sample.today import CLOSED, DRAFTED, IN_CORRECTION, OPEN, UNDER_NOTICE
from server.sample.votes import _back, motion_id
from tests.meetings.cast import DAY, uid
from tests.sample.test_seed import installed, seeded

RECORD = f"docket:{COMMUNITY}"


@pytest.fixture(scope="module")
async def parts(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One sample for all of these."""
    path: Path = tmp_path_factory.mktemp("votes")
    async with installed(path, None) as made:
        await seeded(made)
        yield made


async def things(parts: Any) -> dict[str, Any]:
    async with parts.desks.reading(RECORD) as room:
        return dict(room.patch(0, Eye.STAFF))


async def who(parts: Any, name: str, at: int) -> Any:
    """A person of the sample with their session of now, as the door knows them."""
    people = {one["name"]: one["person"] for one in await parts.accounts.people.people(COMMUNITY)}
    cast = Cast(read_council())
    person = people.get(name) or cast.id_of(name)
    cookie = await parts.accounts.open_session(person, at)
    return await parts.accounts.who(cookie, RECORD, at)


async def cast_by(parts: Any, name: str, unit: str, number: int) -> dict[str, Any]:
    told = {"id": uid(number), "motion": OPEN, "unit": unit, "choice": "agree", "nonce": f"{number:032x}"}
    command = {"type": "ballot.cast"} | told
    answer: dict[str, Any] = await parts.desks.give(RECORD, command, await who(parts, name, parts.clock()))
    return answer


@pytest.mark.asyncio(loop_scope="module")
async def test_the_demos_motions_ended_as_the_demo_says_to_the_last_digit(parts: Any) -> None:
    seen = await things(parts)
    for motion in read_council()["motions"]:
        shown = seen[f"motion:{motion_id(motion['id'])}"]
        assert shown["state"] == "final"
        told = {name: value for name, value in motion["tally"].items() if name != "display"}
        (made,) = shown["rounds"]
        assert {name: made["result"][name] for name in told} == told
        assert shown["outcome"] == motion["outcome"]
        assert (shown["opens_at"], shown["closes_at"]) == tuple(map(ms, motion["window"].values()))
        papers = sum(ballot["channel"] == "paper" for ballot in motion["ballots"])
        assert shown["turnout"]["channels"]["paper"] == papers
        assert shown["refused"] == {"after_close": 1}
        async with parts.desks.reading(RECORD) as room:
            held = room.need(Motion, motion_id(motion["id"]))
            assert flaws_of(bundle_of(room, held)) == []


@pytest.mark.asyncio(loop_scope="module")
async def test_there_is_a_vote_under_notice_one_open_one_closed_one_drafted_and_a_roster_to_correct(
    parts: Any,
) -> None:
    seen = await things(parts)
    states = {name: seen[f"motion:{name}"]["state"] for name in (UNDER_NOTICE, OPEN, CLOSED, DRAFTED)}
    assert states == {UNDER_NOTICE: "noticed", OPEN: "open", CLOSED: "closed", DRAFTED: "drafted"}
    now = parts.clock()
    for name in (UNDER_NOTICE, OPEN):
        assert seen[f"motion:{name}"]["missing"] == []
        assert now + 7 * DAY < seen[f"motion:{name}"]["closes_at"]
    assert 0.3 < seen[f"motion:{OPEN}"]["turnout"]["heads"] / 61 < 0.7
    papers = Counter(one["state"] for name, one in seen.items() if name.startswith("paper:"))
    assert papers["entered"] == 1
    assert seen[f"roster:{IN_CORRECTION}"]["state"] == "published"
    assert seen[f"roster:{IN_CORRECTION}"]["objections_waiting"] == 1


@pytest.mark.asyncio(loop_scope="module")
async def test_the_samples_people_can_really_vote_and_the_tenant_cannot(parts: Any) -> None:
    assert (await cast_by(parts, "高敏芝", "1-2-501", 0x901))["ok"]
    assert (await cast_by(parts, "高敏芝", "1-2-502", 0x902))["why"] == "duplicate"
    assert (await cast_by(parts, "高敏芝", "2-2-401", 0x903))["ok"]
    assert (await cast_by(parts, "潘永红", "3-1-502", 0x904))["ok"]
    # The first of the two to vote speaks for both.
    assert (await cast_by(parts, "余慧敏", "3-1-502", 0x905))["why"] == "duplicate"
    assert (await cast_by(parts, "马永宁", "4-S01", 0x906))["ok"]
    assert (await cast_by(parts, "彭建新", "2-2-402", 0x907))["ok"]
    assert (await cast_by(parts, "租客阿力", "1-2-101", 0x908))["why"] == "not_owner"


async def test_where_the_clock_stands_before_the_demo_its_votes_move_back_by_whole_days() -> None:
    assert _back(ms("2027-01-01T00:00:00+08:00")) == 0
    early = ms("2026-05-20T10:00:00+08:00")
    assert _back(early) % DAY == 0
    assert ms("2026-06-09T00:00:00+08:00") - _back(early) <= early - 65 * DAY


async def test_no_two_owners_of_the_samples_roster_share_a_name() -> None:
    owners = Owners(Cast(read_council()), [])
    assert len(owners._owned) == len(owners._ids) == len(set(owners._ids.values()))
