"""An owners' vote over the wire: who reads what, from the publication of the roster to the recount."""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import TYPE_CHECKING, Any

import pytest

from meetings.docket.ballots import slip_id
from meetings.docket.bundle import flaws_of
from meetings.docket.digests import Step, root_from
from meetings.docket.motions import Motion
from meetings.docket.roster import Roster
from meetings.kernel import word_of
from server import dockets
from server import tally as recount
from server.accounts.roster import read_roster
from server.errands import Errands
from server.sample.programme import ROSTER
from server.store import Turn
from tests.crowd.ways import uuid7
from tests.meetings.cast import DAY
from tests.town import Browser, Town, town

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

FLAT, SPOUSES, SHOP = "3-1-501", "1-1-102", "4-S01"


class Hour:
    """The server's clock, set by hand."""

    def __init__(self, at: int) -> None:
        self.at = at

    def __call__(self) -> int:
        return self.at


class Vote:
    """A town with a docket, its officers, and a clock."""

    def __init__(self, place: Town) -> None:
        self.place = place
        self.parts = place.parts
        self.hour = Hour(place.parts.clock())
        self.parts.desks.clock = self.hour
        self.parts.desks._desks.clear()
        self.record = f"docket:{place.community}"
        self.roster, self.motion = uuid7(), uuid7()

    async def officer(self, role: str, name: str) -> Browser:
        """Somebody with a standing role of the community, come in by a link of the meeting."""
        browser = self.place.browser()
        assert (await browser.enter(await self.place.invited("moderator", name=name)))[0] == 200
        person = (await browser.me())["person"]
        await self.parts.accounts.grant(person, role, at=self.hour())
        return browser

    async def person(self, browser: Browser) -> str:
        return str((await browser.me())["person"])

    async def do(self, browser: Browser, word: str, **fields: Any) -> tuple[int, dict[str, Any]]:
        return await browser.post(f"/api/records/{self.record}/commands", {"type": word} | fields)

    async def done(self, browser: Browser, word: str, **fields: Any) -> dict[str, Any]:
        status, answer = await self.do(browser, word, **fields)
        assert status == 200, (word, answer)
        assert type(answer["seq"]) is int
        return answer

    async def get(self, browser: Browser, path: str) -> tuple[int, dict[str, Any]]:
        return await browser.get(f"/api/records/{self.record}/{path}")

    async def look(self) -> None:
        """What the clock calls for, as the errand gives it."""
        parts = self.parts
        await Errands(parts.desks, parts.feed, parts.accounts, parts.media).do_due(self.record)

    async def state(self) -> str:
        async with self.parts.desks.reading(self.record) as room:
            return room.need(Motion, self.motion).state

    def ballot(self, unit: str, choice: str = "agree") -> dict[str, Any]:
        told = {"id": uuid7(), "motion": self.motion, "unit": unit, "choice": choice}
        return told | {"nonce": secrets.token_hex(16)}


@pytest.fixture
async def vote(tmp_path: Path) -> AsyncIterator[Vote]:
    async with town(tmp_path) as place:
        await dockets.open_docket(place.parts.desks, place.community)
        yield Vote(place)


async def owner(vote: Vote, number: str, name: str) -> Browser:
    """An owner who typed the code of the letter."""
    return await vote.place.joined(number, name=name, code=await vote.place.code(number))


async def published(vote: Vote, secretary: Browser) -> None:
    path = f"/api/admin/estates/{vote.place.estate}/rosters"
    status, answer = await secretary.post(path, {"id": vote.roster, "until": vote.hour() + 7 * DAY})
    assert status == 200, answer


async def frozen(vote: Vote, secretary: Browser, version: int = 1) -> None:
    """Frozen, once its term for correction is over."""
    path = f"/api/admin/estates/{vote.place.estate}/rosters/freeze"
    async with vote.parts.desks.reading(vote.record) as room:
        vote.hour.at = max(vote.hour.at, room.need(Roster, vote.roster).until)
    status, answer = await secretary.post(path, {"id": vote.roster, "version": version})
    assert status == 200, answer


async def test_a_roster_is_read_by_its_owners_alone_masked_and_until_it_is_frozen(vote: Vote) -> None:
    admin = await vote.place.admin()
    await published(vote, admin)
    mine = await owner(vote, FLAT, "任志勇")
    unproved = await vote.place.joined(SPOUSES, name="马志成")
    tenant = await vote.place.joined(FLAT, name="租客甲", code=await vote.place.code(FLAT))
    path = f"rosters/{vote.roster}"
    for browser in (vote.place.browser(), unproved, tenant):
        assert (await vote.get(browser, path))[0] == 404
    status, told = await vote.get(mine, path)
    assert status == 200
    assert (told["total"]["units"], told["total"]["heads"], told["total"]["area_c"]) == (74, 61, 731_152)
    assert [line["owners"] for line in told.pop("mine")] == [["任志勇"]]
    text = json.dumps(told, ensure_ascii=False)
    assert '"任*"' in text
    for secret in ("任志勇", "1300", "未成年", "法定代表人", "彭", "H01"):
        assert secret not in text
    (minors,) = [unit for unit in told["units"] if unit["unit"] == "2-2-402"]
    assert minors["owners"] == []
    room = (await vote.get(vote.place.browser(), "room"))[1]
    assert "任" not in json.dumps(room, ensure_ascii=False)
    await frozen(vote, admin)
    assert (await vote.get(mine, path))[0] == 404


async def test_a_roster_is_not_frozen_with_the_units_of_another_estate(vote: Vote) -> None:
    admin, accounts = await vote.place.admin(), vote.parts.accounts
    await published(vote, admin)
    other = await accounts.create_estate(vote.place.community, "另一小区", at=vote.hour())
    assert (await accounts.import_roster(other, ROSTER.read_bytes(), ROSTER.name, vote.hour())).ok
    path = f"/api/admin/estates/{other}/rosters/freeze"
    assert (await admin.post(path, {"id": vote.roster, "version": 1}))[0] == 404
    await frozen(vote, admin)


async def test_an_owner_checks_their_own_line_offline_and_sees_no_other(vote: Vote) -> None:
    admin = await vote.place.admin()
    await published(vote, admin)
    mine = await owner(vote, FLAT, "任志勇")
    assert (await vote.get(mine, f"rosters/{vote.roster}/mine"))[0] == 404
    await frozen(vote, admin)
    status, told = await vote.get(mine, f"rosters/{vote.roster}/mine")
    assert (status, [one["line"]["unit"] for one in told["units"]]) == (200, [FLAT])
    steps = [Step(**step) for step in told["units"][0]["path"]]
    assert root_from(told["units"][0]["leaf"], steps) == told["root"]
    shown = (await vote.get(vote.place.browser(), "room"))[1]["set"][f"roster:{vote.roster}"]
    assert shown["versions"][0]["root"] == told["root"]
    assert (await vote.get(vote.place.browser(), f"rosters/{vote.roster}/mine"))[0] == 404


async def test_nobody_brings_units_by_the_door_and_residents_freeze_nothing(vote: Vote) -> None:
    admin, mine = await vote.place.admin(), await owner(vote, FLAT, "任志勇")
    told = {"id": vote.roster, "estate": vote.place.estate, "lines": [], "until": vote.hour() + DAY}
    for browser in (admin, mine):
        assert (await vote.do(browser, "roster.publish", **told, asked_by="x"))[0] == 403
    path = f"/api/admin/estates/{vote.place.estate}/rosters"
    assert (await mine.post(path, {"id": vote.roster, "until": vote.hour() + DAY}))[0] == 403


async def opened(vote: Vote, *, look: bool = True, **more: Any) -> tuple[Browser, Browser, Browser, Browser]:
    """A motion brought to its opening, without `look` to the instant before; secretary, a clerk and two supervisors."""
    secretary = await vote.place.admin()
    clerk = await vote.officer("grid_keeper", "马小川")
    one, other = (
        await vote.officer("tally_supervisor", "甲监"),
        await vote.officer("tally_supervisor", "乙监"),
    )
    chair, lawyer = await vote.officer("committee_chair", "主任"), await vote.officer("lawyer", "纳文慧")
    await published(vote, secretary)
    await frozen(vote, secretary)
    asked = {"estate": vote.place.estate, "title": "解聘物业", "text": "解聘并公开选聘。", "item": 4} | more
    await vote.done(chair, "motion.draft", id=vote.motion, **asked)
    assert (await vote.do(await owner(vote, FLAT, "任志勇"), "motion.draft", id=uuid7(), **asked))[0] == 403
    await vote.done(lawyer, "motion.check", id=vote.motion, item_class="general")
    opens_at = vote.hour() + 17 * DAY
    supervisors = [
        {"person": await vote.person(who), "name": name} for who, name in ((one, "甲"), (other, "乙"))
    ]
    await vote.done(
        chair,
        "motion.notice",
        id=vote.motion,
        roster=vote.roster,
        opens_at=opens_at,
        closes_at=opens_at + 10 * DAY,
        supervisors=supervisors,
        committee_told=True,
    )
    await vote.look()
    assert await vote.state() == "noticed"
    vote.hour.at = opens_at if look else opens_at - 1
    if look:
        await vote.look()
        assert await vote.state() == "open"
    return secretary, clerk, one, other


async def test_the_first_ballot_opens_a_vote_whose_time_has_come(vote: Vote) -> None:
    """The errand that opens votes looks every two seconds: nobody is told before_open meanwhile."""
    await opened(vote, look=False)
    mine = await owner(vote, FLAT, "任志勇")
    assert await vote.state() == "noticed"
    assert (await vote.do(mine, "ballot.cast", **vote.ballot(FLAT)))[1]["why"] == "before_open"
    vote.hour.at += 1
    await vote.done(mine, "ballot.cast", **vote.ballot(FLAT))
    assert await vote.state() == "open"
    entries = await vote.parts.desks.entries(vote.record)
    (line,) = [entry for entry in entries if word_of(type(entry.fact)) == "motion.opened"]
    assert (line.by, line.at) == ("system", vote.hour())


async def test_a_vote_from_notice_to_recount(vote: Vote, tmp_path: Path, capfdbinary: Any) -> None:
    secretary, clerk, one, other = await opened(vote)
    mine, spouse = await owner(vote, FLAT, "任志勇"), await owner(vote, SPOUSES, "纳秀芳")
    path = f"motions/{vote.motion}"
    heads = (await vote.get(mine, f"{path}/mine"))[1]["heads"]
    assert [(head["unit"], head["owner"], head["why_not"]) for head in heads] == [(FLAT, True, None)]
    assert (await vote.get(spouse, f"{path}/mine"))[1]["heads"][0]["why_not"] == "not_representative"
    told = vote.ballot(FLAT)
    first = await vote.done(mine, "ballot.cast", **told)
    assert await vote.done(mine, "ballot.cast", **told) == first
    status, again = await vote.do(mine, "ballot.cast", **vote.ballot(FLAT, "against"))
    assert (status, again["code"], again["why"]) == (409, "taken", "duplicate")
    status, no = await vote.do(spouse, "ballot.cast", **vote.ballot(SPOUSES))
    assert (status, no["why"]) == (403, "not_representative")
    own = (await vote.get(mine, "changes?since=0"))[1]["own"]
    receipt = own[f"ballot:{told['id']}"]
    assert (await vote.get(mine, f"{path}/mine"))[1]["heads"][0]["cast"]["mine"] is True
    for unit, by, choice in (("1-1-101", "田秀兰", "agree"), ("3-1-201", "蔡玉兰", "against")):
        own_id = uuid7()
        paper = {"id": own_id, "motion": vote.motion, "unit": unit, "number": f"Z{unit}", "by": by}
        await vote.done(secretary, "paper.enter", **paper, choice=choice)
        assert (await vote.do(secretary, "paper.confirm", id=own_id, choice=choice))[0] == 403
        await vote.done(clerk, "paper.confirm", id=own_id, choice=choice)
    sheet = (await vote.get(clerk, f"{path}/sheet"))[1]
    assert len(sheet["heads"]) == 61
    assert sorted(h["returned"] for h in sheet["heads"] if h["returned"]) == ["online", "paper", "paper"]
    for browser in (mine, one, vote.place.browser()):
        assert (await vote.get(browser, f"{path}/sheet"))[0] == 403
    for browser in (secretary, one, mine):
        assert (await vote.get(browser, f"{path}/document"))[0] in {403, 409}
    assert (await vote.get(mine, f"{path}/receipts"))[0] == 409

    vote.hour.at += 10 * DAY + 1
    status, late = await vote.do(mine, "ballot.cast", **vote.ballot(FLAT))
    assert (status, late["code"], late["why"]) == (409, "not_open", "after_close")
    await vote.look()
    for browser in (secretary, clerk, mine):
        assert (await vote.get(browser, f"{path}/document"))[0] == 403
    status, found = await vote.get(one, f"{path}/document")
    assert status == 200
    assert [ballot["choice"] for ballot in found["document"]["ballots"]] == ["agree", "agree", "against"]
    for browser in (one, other):
        await vote.done(browser, "motion.sign", id=vote.motion, round=1, digest=found["digest"])
    await vote.done(secretary, "motion.count", id=vote.motion, round=1)
    await vote.done(secretary, "motion.announce", id=vote.motion, round=1)
    public = (await vote.get(vote.place.browser(), "room"))[1]["set"][f"motion:{vote.motion}"]
    assert (public["state"], public["outcome"]) == ("announced", "no_quorum")
    assert found["rounds"] == []
    again = (await vote.get(one, f"{path}/document"))[1]["rounds"]
    assert again == [{"number": 1, "result": public["rounds"][0]["result"]}]
    file = tmp_path / "vote.json"
    file.write_text(json.dumps(found["document"]))
    assert recount.main(str(file)) == 0
    (counted,) = json.loads(capfdbinary.readouterr().out)["results"]
    result = public["rounds"][0]["result"]
    assert {name: counted[name] for name in result if name in counted} == {
        name: value for name, value in result.items() if name in counted
    }
    receipts = (await vote.get(vote.place.browser(), f"{path}/receipts"))[1]
    assert receipt["code"] in [line["code"] for line in receipts["receipts"]]
    assert receipts["root"] == public["rounds"][0]["root"]
    on_paper = await owner(vote, "1-1-101", "田秀兰")
    told_of = (await vote.get(on_paper, f"{path}/mine"))[1]["heads"][0]["cast"]
    assert told_of["code"] in [line["code"] for line in receipts["receipts"]]
    assert "choice" not in told_of
    status, kept = await vote.get(vote.place.browser(), f"{path}/bundle")
    assert (status, flaws_of(kept)) == (200, [])


async def test_an_owner_of_two_flats_proves_both_and_casts_once_where_they_are_one_head(vote: Vote) -> None:
    await opened(vote)
    numbers = ("2-1-301", "2-2-501")
    he = await owner(vote, numbers[0], "贺长征")
    units = [await vote.place.unit(number) for number in ("4-1-101", numbers[0])]
    heads = (await vote.get(he, f"motions/{vote.motion}/mine"))[1]["heads"]
    (head,) = heads
    assert len(head["units"]) >= 2
    further = next(one["unit"] for one in head["units"] if one["unit"] != numbers[0])
    wrong = {"code": "2345678923", "unit": await vote.place.unit(further)}
    assert (await he.post("/api/prove", wrong))[0] != 200
    right = {"code": await vote.place.code(further), "unit": await vote.place.unit(further)}
    assert (await he.post("/api/prove", right))[0] == 200
    assert (await he.post("/api/prove", right | {"unit": units[0]}))[0] != 200
    await vote.done(he, "ballot.cast", **vote.ballot(further))
    status, again = await vote.do(he, "ballot.cast", **vote.ballot(numbers[0]))
    assert (status, again["why"]) == (409, "duplicate")


async def test_the_slips_of_an_anonymous_poll_are_kept_with_who_took_part_or_not_at_all(vote: Vote) -> None:
    await opened(vote, mode="anonymous")
    mine = await owner(vote, FLAT, "任志勇")
    told = vote.ballot(FLAT, "against")
    first = await vote.done(mine, "ballot.cast", **told)
    assert await vote.done(mine, "ballot.cast", **told) == first
    records = vote.parts.store.records
    (slip,) = await records.slips(vote.record, vote.motion)
    async for line in records.read(vote.record):
        assert slip.id.encode() not in line.data
        assert told["nonce"].encode() not in line.data
    honest = Turn.put_by

    async def failing(*_: Any) -> None:
        raise OSError("the disk went away")

    Turn.put_by = failing  # type: ignore[method-assign]
    try:
        other = await owner(vote, "1-1-101", "田秀兰")
        again = vote.ballot("1-1-101")
        assert (await vote.do(other, "ballot.cast", **again))[1]["code"] == "busy"
    finally:
        Turn.put_by = honest  # type: ignore[method-assign]
    assert len(await records.slips(vote.record, vote.motion)) == 1
    await vote.done(other, "ballot.cast", **again)
    assert len(await records.slips(vote.record, vote.motion)) == 2
    vote.hour.at += 10 * DAY + 1
    await vote.look()
    async with vote.parts.desks.reading(vote.record) as room:
        assert room.need(Motion, vote.motion).unsealed_at is not None
    assert await records.slips(vote.record, vote.motion) == []
    await vote.look()


async def test_the_code_of_an_anonymous_slip_is_asked_for_at_no_address_with_a_session(vote: Vote) -> None:
    await opened(vote, mode="anonymous")
    mine = await owner(vote, FLAT, "任志勇")
    sign = f"motions/{vote.motion}/receipts/ABCDEFGHIJKLMNOP/qr"
    assert (await vote.get(mine, sign))[0] == 404


async def test_a_named_receipt_has_its_sign_and_its_code_is_posted_to_be_looked_up(vote: Vote) -> None:
    await opened(vote)
    mine = await owner(vote, FLAT, "任志勇")
    told = (await vote.get(mine, f"motions/{vote.motion}/receipts/ABCDEFGHIJKLMNOP/qr"))[1]
    assert told["url"].endswith("/check#ABCDEFGHIJKLMNOP")
    vote.hour.at += 10 * DAY + 1
    await vote.look()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    path = f"/votes/{vote.place.community}/{vote.motion}/check"
    guest = vote.place.browser()
    status, page = await guest.post(path, data="code=AAAA-BBBB-CCCC-DDDD", headers=form)
    assert (status, "没有这个回执码" in page["text"]) == (200, True)
    assert '<form class="card lookup" method="post"' in (await guest.get(path))[1]["text"]


async def test_a_ballot_that_could_not_be_written_leaves_nothing_of_it_in_the_log(
    vote: Vote, caplog: pytest.LogCaptureFixture
) -> None:
    await opened(vote, mode="anonymous")
    mine = await owner(vote, FLAT, "任志勇")
    told = vote.ballot(FLAT, "against")
    async with vote.parts.desks.reading(vote.record) as room:
        slip = slip_id(room.need(Motion, vote.motion).digest, told["id"], told["nonce"])
    engine = vote.parts.store.engine
    async with engine.begin() as db:
        full = "BEGIN SELECT RAISE(ABORT, 'no room'); END"
        await db.exec_driver_sql(f"CREATE TRIGGER full BEFORE INSERT ON slips {full}")
    assert (await vote.do(mine, "ballot.cast", **told))[1]["code"] == "busy"
    assert "no room" in caplog.text
    for secret in (slip, told["id"], told["nonce"], FLAT):
        assert secret not in caplog.text
    async with engine.begin() as db:
        await db.exec_driver_sql("DROP TRIGGER full")
    await vote.done(mine, "ballot.cast", **told)


async def test_sixty_four_at_once_for_every_head_are_one_ballot_each(vote: Vote) -> None:
    """Each cast acknowledged is in the box, each refused is not, and there is one a head."""
    await opened(vote)
    from meetings import Who
    from server.live.bus import LocalBus
    from server.live.desk import Desks

    other = Desks(vote.parts.store, LocalBus(), vote.hour)
    other.seal_with(await vote.parts.accounts.ballot_key())
    _, units = read_roster(ROSTER.read_bytes(), "roster.csv")
    people = []
    for unit in [one for one in units if one.use != "parking" and one.delivery_status == "delivered"][:20]:
        name = next((o.name for o in unit.owners if o.representative), unit.owners[0].name)
        home = frozenset({await vote.place.unit(unit.number)})
        who = Who(f"p-{unit.number}", 0, frozenset({"owner"}), {"real": name}, homes=home)
        people.append((unit.number, who))
    wishes, ballots = [], []
    for number, who in people:
        for turn in range(64):
            ballot = {"type": "ballot.cast"} | vote.ballot(number, ("agree", "against")[turn % 2])
            ballots.append(ballot["id"])
            wishes.append((vote.parts.desks, other)[turn % 2].give(vote.record, ballot, who))
    answers = await asyncio.gather(*wishes)
    taken = {own_id for own_id, answer in zip(ballots, answers, strict=True) if answer["ok"]}
    assert {answer["code"] for answer in answers if not answer["ok"]} == {"taken"}
    from meetings.docket import Urn

    for desks in (vote.parts.desks, other):
        await (await desks.desk(vote.record)).catch_up()
        async with desks.reading(vote.record) as room:
            urn = room.need(Urn, vote.motion)
            assert set(urn.held) == taken
            assert len(urn.standing) == len(taken) == len({urn.box.roll.head_of[n] for n, _ in people})
    await other.stop()


async def test_a_docket_is_no_meeting_and_another_communitys_people_are_guests_there(vote: Vote) -> None:
    mine = await owner(vote, FLAT, "任志勇")
    status, answer = await vote.do(mine, "question.ask", id=uuid7(), kind="ask", text="问？")
    assert (status, answer["code"]) == (422, "unclear")
    elsewhere = await vote.parts.accounts.create_community("别处社区", at=vote.hour())
    await dockets.open_docket(vote.parts.desks, elsewhere)
    told = vote.ballot(FLAT) | {"type": "ballot.cast"}
    status, answer = await mine.post(f"/api/records/docket:{elsewhere}/commands", told)
    assert (status, answer["code"]) == (403, "forbidden")
    status, answer = await mine.post("/api/records/docket:nowhere/commands", told)
    assert (status, answer["code"]) == (404, "not_found")
