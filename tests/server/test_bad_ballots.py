"""Every ballot that must not count, over the wire: refused with a reason that has words, and nothing half-written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from server.web import language
from tests.crowd.ways import uuid7
from tests.meetings.cast import DAY
from tests.server.test_votes import FLAT, SHOP, Vote, opened, owner, vote

if TYPE_CHECKING:
    from tests.town import Browser


__all__ = ["vote"]

SPOUSES, THIRD = "1-1-102", "2-1-101"


async def refused(vote: Vote, browser: Browser, word: str, **fields: Any) -> str:
    """The reason with which it is refused; the record stays as it was, and the reason has words in both languages."""
    before = await vote.parts.store.records.heads([vote.record])
    status, answer = await vote.do(browser, word, **fields)
    assert status >= 400, answer
    assert answer["ok"] is False
    assert await vote.parts.store.records.heads([vote.record]) == before
    # What no screen of ours sends is explained to programmers: which field, and why it cannot be read.
    told = "why" in answer and answer["code"] != "unclear"
    reason, stem = (str(answer["why"]), "why") if told else (str(answer["code"]), "refused")
    for lang in ("zh-CN", "en"):
        assert language.has(lang, f"{stem}-{reason.replace('_', '-')}"), reason
    return reason


async def test_a_ballot_that_must_not_count_is_refused_in_words_and_leaves_no_trace(vote: Vote) -> None:
    secretary, clerk, *_ = await opened(vote, look=False)
    mine = await owner(vote, FLAT, "任志勇")
    assert await refused(vote, mine, "ballot.cast", **vote.ballot(FLAT)) == "before_open"
    vote.hour.at += 1
    await vote.look()
    tenant = await vote.place.joined(FLAT, name="租客甲", code=await vote.place.code(FLAT))
    spouse = await owner(vote, SPOUSES, "纳秀芳")
    assert await refused(vote, mine, "ballot.cast", **vote.ballot(THIRD)) == "not_owner"
    assert await refused(vote, tenant, "ballot.cast", **vote.ballot(FLAT)) == "not_owner"
    assert await refused(vote, spouse, "ballot.cast", **vote.ballot(SPOUSES)) == "not_representative"
    assert await refused(vote, mine, "ballot.cast", **vote.ballot("9-9-999")) == "unit_not_in_scope"
    for wrong in (
        {"choice": ["agree", "against"]},
        {"choice": "agree,against"},
        {"choice": "option_of_another_motion"},
        {"weight": 100},
        {"area": "89.36"},
        {"nonce": "short"},
    ):
        # By another person: one sends ten a minute.
        assert await refused(vote, spouse, "ballot.cast", **vote.ballot(FLAT) | wrong) == "unclear"
    other = vote.ballot(FLAT) | {"motion": uuid7()}
    assert await refused(vote, mine, "ballot.cast", **other) == "not_found"

    agent = await vote.place.joined("1-2-101", name="马永宁", code=await vote.place.code("1-2-101"))
    letter = {
        "motion": vote.motion,
        "unit": SHOP,
        "principal": "塞上星商贸有限公司（虚构）",
        "name": "马永宁",
    }
    letter |= {"authority": "proxy", "letter": "卷三", "agent": await vote.person(agent)}
    await vote.done(clerk, "proxy.record", id=uuid7(), written=False, **letter)
    assert await refused(vote, agent, "ballot.cast", **vote.ballot(SHOP)) == "no_written_authorisation"
    await vote.done(clerk, "proxy.record", id=uuid7(), written=True, until=vote.hour() + 1, **letter)
    vote.hour.at += 2
    assert await refused(vote, agent, "ballot.cast", **vote.ballot(SHOP)) == "proxy_expired"

    paper = {"motion": vote.motion, "unit": FLAT, "by": "任志勇", "choice": "agree"}
    await vote.done(mine, "ballot.cast", **vote.ballot(FLAT))
    assert await refused(vote, mine, "ballot.cast", **vote.ballot(FLAT)) == "duplicate"
    assert await refused(vote, clerk, "paper.enter", id=uuid7(), number="Z1", **paper) == "duplicate"
    on_paper = {"motion": vote.motion, "unit": THIRD, "by": "罗彩云", "choice": "agree"}
    own_id = uuid7()
    await vote.done(clerk, "paper.enter", id=own_id, number="Z2", **on_paper)
    assert await refused(vote, clerk, "paper.confirm", id=own_id, choice="agree") == "own_entry"
    await vote.done(secretary, "paper.confirm", id=own_id, choice="agree")
    online = await owner(vote, THIRD, "罗彩云")
    assert await refused(vote, online, "ballot.cast", **vote.ballot(THIRD)) == "duplicate"

    vote.hour.at += 10 * DAY + 1
    late = await owner(vote, "4-1-101", "姚凤英")
    assert await refused(vote, late, "ballot.cast", **vote.ballot("4-1-101")) == "after_close"
    assert await refused(vote, clerk, "paper.enter", id=uuid7(), number="Z3", **paper) == "after_close"


async def test_a_vote_is_not_changed_by_who_may_not(vote: Vote) -> None:
    _, clerk, *_ = await opened(vote)
    mine = await owner(vote, FLAT, "任志勇")
    entered = {"id": uuid7(), "motion": vote.motion, "unit": FLAT, "number": "Z1", "by": "任志勇"}
    for browser, word, fields in (
        (mine, "paper.enter", entered | {"choice": "agree"}),
        (mine, "motion.close", {"id": vote.motion}),
        (clerk, "motion.close", {"id": vote.motion}),
        (clerk, "motion.unseal", {"id": vote.motion}),
        (mine, "ballots.see", {"id": vote.motion}),
        (mine, "motion.count", {"id": vote.motion, "round": 1}),
    ):
        assert await refused(vote, browser, word, **fields) == "forbidden"
