"""The sample community, made by a first start, found by the next, gone in one step."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web

from meetings import Eye, Refused
from server import sample
from server.accounts import Accounts
from server.accounts.links import issue_links
from server.config import load
from server.live.bus import LocalBus
from server.live.desk import Desks
from server.media import Limits, mount
from server.sample import people as people_program
from server.sample.cast import PARTS, SECRETARY, Cast
from server.sample.community import AT_HAND, COMMUNITY, ESTATE, PAST, make_community
from server.sample.programme import read_council
from server.store import open_store

TEN_MINUTES = 600_000


@asynccontextmanager
async def installed(tmp_path: Path, url: str | None) -> AsyncIterator[Any]:
    """A fresh installation: real database, accounts, desks and media, without a web server."""
    settings = load({"data": tmp_path, "database_url": url}, {})
    store = await open_store(settings.database_url, data=tmp_path)
    accounts = Accounts(store, settings)
    desks = Desks(store, LocalBus())
    media = mount(
        web.Application(),
        root=tmp_path / "media",
        allow_publish=lambda request, record: None,
        allow_watch=lambda request, record: True,
        on_state=_nobody_hears,
        limits=Limits(),
    )
    await accounts.start()
    desks.seal_with(await accounts.ballot_key())
    made = SimpleNamespace(settings=settings, store=store, accounts=accounts, desks=desks, media=media)
    made.clock = desks.clock
    yield made
    await sample.stop(made)
    await accounts.stop()
    await media.close()
    await store.close()


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[Any]:
    async with installed(tmp_path, None) as made:
        yield made


@pytest.fixture
async def parts_anywhere(tmp_path: Path, database_url: str) -> AsyncIterator[Any]:
    """On SQLite and on PostgreSQL."""
    async with installed(tmp_path, database_url) as made:
        yield made


async def _nobody_hears(record: str, word: str) -> None:
    """No meeting follows the stream here."""


async def seeded(parts: Any) -> tuple[str | None, str | None]:
    """Seed, and leave the long making of the recording for other tests."""
    records = await sample.seed(parts)
    await sample.stop(parts)
    return records


async def test_a_first_start_has_a_past_meeting_and_one_ready_to_open(parts_anywhere: Any) -> None:
    parts = parts_anywhere
    before = parts.clock()
    assert await seeded(parts) == (AT_HAND, PAST)
    async with parts.desks.reading(PAST) as room:
        assert room.phase == "published"
    async with parts.desks.reading(AT_HAND) as room:
        meeting = room.patch(0, Eye.PUBLIC)["meeting"]
    assert meeting["phase"] == "announced"
    assert meeting["sample"] is True
    assert meeting["lobby_minutes"] is None
    assert before + TEN_MINUTES <= meeting["starts_at"] <= parts.clock() + TEN_MINUTES
    assert await parts.accounts.record_of_code(meeting["code"]) == AT_HAND


async def test_the_next_start_finds_it_and_changes_nothing(parts: Any) -> None:
    await seeded(parts)
    async with parts.desks.reading(AT_HAND) as room:
        number = room.seq
    assert await seeded(parts) == (AT_HAND, PAST)
    async with parts.desks.reading(AT_HAND) as room:
        assert room.seq == number


async def test_the_roster_of_the_sample_is_imported_whole(parts: Any) -> None:
    await seeded(parts)
    (community,) = await parts.accounts.estates.overview()
    assert community["name"] == "阳光里社区"
    assert community["sample"]
    assert len(await parts.accounts.estates.units_of(ESTATE)) == 77


async def test_whoever_began_for_real_gets_no_sample(parts: Any) -> None:
    await parts.accounts.create_community("真的社区", at=parts.clock())
    assert await seeded(parts) == (None, None)
    assert len(await parts.accounts.estates.overview()) == 1


async def test_a_start_with_empty_stays_empty_at_the_next_start(parts: Any) -> None:
    await issue_links(parts.accounts, "http://127.0.0.1:1", None, parts.clock())
    assert await seeded(parts) == (None, None)


async def test_a_sample_cut_off_while_it_was_made_is_made_anew(parts: Any) -> None:
    await make_community(parts.accounts, Cast(read_council()), parts.clock())
    await parts.desks.create(AT_HAND, COMMUNITY, parts.clock())
    assert await seeded(parts) == (AT_HAND, PAST)
    async with parts.desks.reading(AT_HAND) as room:
        assert room.phase == "announced"


async def test_it_leaves_in_one_step_and_does_not_come_back(parts: Any) -> None:
    await seeded(parts)
    await issue_links(parts.accounts, "http://127.0.0.1:1", AT_HAND, parts.clock())
    await sample.remove(parts)
    assert await parts.accounts.estates.overview() == []
    assert await parts.accounts.people.people(COMMUNITY) == []
    for record in (AT_HAND, PAST):
        with pytest.raises(Refused, match="not_found"):
            await parts.desks.desk(record)
        assert not (parts.media.root / record.replace(":", "-")).exists()
    assert await seeded(parts) == (None, None)


async def test_every_printed_link_leads_to_somebody_with_that_part(parts: Any) -> None:
    await seeded(parts)
    links = await issue_links(parts.accounts, "http://127.0.0.1:1", AT_HAND, parts.clock())
    wanted = (
        "admin secretary host moderator moderator2 technician lawyer deputy owner resident resident2 screen "
        "chair clerk supervisor supervisor2 owner2 couple couple2 proxy"
    )
    assert set(links) == set(wanted.split())
    roles = {}
    async with parts.desks.reading(AT_HAND) as room:
        for part, link in links.items():
            _, cookie = await parts.accounts.enter(link.partition("#")[2], None, parts.clock())
            who = await parts.accounts.who(cookie, AT_HAND, parts.clock())
            roles[part] = room.roles(who)
    assert "admin" in roles["admin"]
    assert "secretary" in roles["secretary"]
    assert "host" in roles["host"]
    assert "moderator" in roles["moderator"]
    assert "moderator" in roles["moderator2"]
    assert "technician" in roles["technician"]
    assert "lawyer" in roles["lawyer"]
    assert "npc_deputy" in roles["deputy"]
    assert "owner" in roles["owner"]
    assert roles["resident"] & {"resident", "owner"}
    assert "resident" in roles["resident2"]
    assert "screen" in roles["screen"]
    assert "committee_chair" in roles["chair"]
    assert "grid_keeper" in roles["clerk"]
    assert "tally_supervisor" in roles["supervisor"] & roles["supervisor2"]
    assert "owner" in roles["owner2"] & roles["couple"] & roles["couple2"]


async def test_residents_are_proved_and_never_shown_with_their_room(parts: Any) -> None:
    await seeded(parts)
    cast = Cast(read_council())
    for part in ("owner", "resident", "resident2"):
        cookie = await parts.accounts.open_session(cast.id_of(PARTS[part]), parts.clock())
        who = await parts.accounts.who(cookie, AT_HAND, parts.clock())
        assert who.proved
        assert not [label for label in who.labels.values() if "单元" in label or "-" in label]


async def test_staff_can_look_up_who_asked_in_the_past_meeting(parts: Any) -> None:
    await seeded(parts)
    found = await parts.accounts.person_of(Cast(read_council()).id_of("三号楼任师傅"))
    assert (found["name"], found["unit"]) == ("任志勇", "3号楼1单元501")


async def test_the_secretary_belongs_to_the_sample(parts: Any) -> None:
    await seeded(parts)
    cookie = await parts.accounts.open_session(Cast(read_council()).id_of(SECRETARY), parts.clock())
    who = await parts.accounts.who(cookie, PAST, parts.clock())
    assert "secretary" in who.roles


async def test_people_are_made_for_programs_that_play_a_crowd(
    parts: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    import msgspec

    await seeded(parts)
    code = await asyncio.to_thread(people_program.main, parts.settings, 3)
    lines = [msgspec.json.decode(line) for line in capsys.readouterr().out.splitlines()]
    assert code == 0
    assert len({line["token"] for line in lines}) == 3
    for line in lines:
        who = await parts.accounts.who(line["token"], line["record"], parts.clock())
        assert who.proved
        assert "resident" in who.roles


async def test_without_a_sample_no_people_are_made(parts: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert await asyncio.to_thread(people_program.main, parts.settings, 3) == 1
    assert "--empty" in capsys.readouterr().err
