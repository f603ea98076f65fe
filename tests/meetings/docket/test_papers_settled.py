"""Papers around the close and after it: settled before the ballots are opened, turned away, put right in a recount."""

import json

from meetings import Eye
from meetings.docket.ballots import Receipt, Urn
from meetings.docket.counting import public_list
from meetings.kernel import Erased
from tests.meetings.cast import MINUTE, uid
from tests.meetings.docket.assembly import (
    CLERK,
    CLOSES,
    MOTION,
    ONE,
    OTHER,
    OTHER_CLERK,
    OWNER,
    SECRETARY,
    UNIT,
    Assembly,
    letter,
    line,
)
from tests.meetings.docket.test_papers import entered


def waiting(**fields):
    """A vote at its last moment with one paper entered and not yet confirmed, and a ballot of another head."""
    held = Assembly().open(**fields).cast("p-业主1-1-201", "1-1-201", "against")
    held.now = CLOSES
    return held.given(SECRETARY, "paper.enter", **entered(None))


def recounted(held):
    """The announced result of that vote, disputed, and a recount ordered."""
    held.at(CLOSES + 1).counted().announced()
    held.given(OWNER, "motion.dispute", id=MOTION, dispute=uid(20), text="我的纸质票录错了")
    settle = {"id": MOTION, "dispute": uid(20), "outcome": "recount", "answer": "查对原票后重计"}
    return held.given(ONE, "motion.settle", **settle)


def test_a_paper_entered_by_the_close_counts_though_it_is_confirmed_after():
    held = waiting().at(CLOSES + MINUTE)
    assert (held.motion.state, held.motion.waiting_for) == ("closed", ("papers",))
    assert held.motion.unsealed_at is None
    held.given(CLERK, "paper.confirm", id=uid(40), choice="agree")
    assert held.motion.waiting_for == ()
    assert held.due() == ["motion.unseal"]
    result = held.counted().motion.rounds[0].result
    assert (result["agree_heads"], result["against_heads"]) == (1, 1)
    assert held.document()["ballots"][1]["at"].startswith("2026-05-20T00:00:00.000")


def test_no_paper_comes_in_after_the_close():
    held = waiting()
    held.now = CLOSES + 1
    late = entered(None, 41, unit="1-1-301", by="业主1-1-301") | {"number": "Z2"}
    assert held.why(SECRETARY, "paper.enter", **late) == "after_close"
    held.due()
    assert held.why(SECRETARY, "paper.enter", **late) == "after_close"


def test_a_paper_whose_entries_differ_is_entered_anew_after_the_close_for_the_same_unit_alone():
    held = waiting().at(CLOSES + 1).given(CLERK, "paper.confirm", id=uid(40), choice="against")
    assert held.motion.waiting_for == ("papers",)
    other = entered(None, 42, unit="1-1-301", by="业主1-1-301")
    assert held.why(SECRETARY, "paper.enter", **other) == "after_close"
    held.given(CLERK, "paper.enter", **entered(None, 41)).given(
        SECRETARY, "paper.confirm", id=uid(41), choice="agree"
    )
    assert held.due() == ["motion.unseal"]
    assert held.counted().motion.rounds[0].result["agree_heads"] == 1
    assert held.why(CLERK, "paper.enter", **entered(None, 43)) == "after_close"


def test_a_paper_that_cannot_be_settled_is_taken_back_and_holds_the_count_no_longer():
    held = waiting().at(CLOSES + 1).given(CLERK, "paper.confirm", id=uid(40), choice="against")
    held.given(OTHER_CLERK, "paper.discard", id=uid(40), reason="票面两处打勾，无法辨认", outcome="void")
    assert held.due() == ["motion.unseal"]
    assert held.sees(Eye.STAFF)["waiting_for"] == []


def test_nothing_is_confirmed_once_the_ballots_are_opened():
    held = (
        Assembly().open(mode="confidential").given(SECRETARY, "paper.enter", **entered(None)).at(CLOSES + 1)
    )
    for person in (ONE, OTHER):
        held.given(person, "motion.break_seal", id=MOTION)
    assert held.due() == []
    held.given(CLERK, "paper.discard", id=uid(40), reason="录错", outcome="void")
    assert held.due() == ["motion.unseal"]
    assert held.why(SECRETARY, "paper.enter", **entered(None, 41)) == "after_close"


def test_a_letter_ended_after_the_paper_came_in_leaves_the_paper_good():
    held = Assembly().open().given(CLERK, "proxy.record", **letter(agent=None))
    held.given(SECRETARY, "paper.enter", **entered(None, proxy=uid(30)))
    held.now += MINUTE
    held.given(CLERK, "proxy.revoke", id=uid(30), reason="收回")
    held.given(CLERK, "paper.confirm", id=uid(40), choice="agree")
    assert (
        held.why(SECRETARY, "paper.enter", **entered(None, 41, proxy=uid(30)) | {"number": "Z2"})
        == "proxy_revoked"
    )


def test_where_the_last_word_stands_a_paper_that_came_before_it_does_not_replace_it():
    held = Assembly().open(revote="last").given(SECRETARY, "paper.enter", **entered(None))
    held.now += MINUTE
    held.cast(OWNER, UNIT, "against")
    assert held.why(CLERK, "paper.confirm", id=uid(40), choice="agree") == "duplicate"
    assert held.motion.channels == {"online": 1}


def test_the_receipt_of_a_paper_is_its_papers_and_not_the_clerks():
    held = Assembly().open().paper(UNIT, "业主1-1-101", "agree")
    (receipt,) = held.room.all(Receipt)
    assert receipt.owner is None
    for clerk in (SECRETARY, CLERK):
        assert not [name for name in held.room.own(clerk, 0) if name.startswith("ballot:")]
    told = held.room.patch(0, Eye.STAFF)[f"paper:{receipt.id}"]
    codes = [one["code"] for one in public_list(held.closed().room, held.motion)["receipts"]]
    assert [told["code"]] == codes


def test_a_paper_turned_away_is_a_line_with_its_reason_and_its_count_is_public():
    held = waiting().at(CLOSES + 1)
    told = {"id": uid(50), "motion": MOTION, "unit": "1-1-301", "number": "Z9", "reason": "after_close"}
    held.given(CLERK, "paper.refuse", **told)
    held.given(CLERK, "paper.refuse", **told | {"id": uid(51), "number": "Z10", "unit": "9-9-999"})
    assert held.sees()["refused"] == {"after_close": 2}
    paper = held.room.patch(0, Eye.STAFF)[f"paper:{uid(50)}"]
    assert (paper["state"], paper["reason"], paper["code"]) == ("refused", "after_close", None)
    assert held.refused(CLERK, "paper.refuse", **told | {"reason": "duplicate"})[0] == "taken"
    assert held.refused(OWNER, "paper.refuse", **told | {"id": uid(52)})[0] == "forbidden"
    assert held.refused(CLERK, "paper.refuse", **told | {"id": uid(52), "number": "Z001"})[1] == {
        "why": "paper_number"
    }
    held.given(CLERK, "paper.confirm", id=uid(40), choice="agree")
    assert held.due() == ["motion.unseal"]


def test_a_recount_puts_an_entry_right_with_two_people_and_a_reason():
    held = recounted(Assembly().open().paper(UNIT, "业主1-1-101", "against"))
    first = held.sees()["rounds"][0]["result"]
    (paper,) = [one.id for one in held.room.need(Urn, MOTION).held.values()]
    told = {"id": uid(60), "paper": paper, "choice": "agree", "reason": "原票勾的是同意"}
    held.given(SECRETARY, "paper.correct", **told)
    assert held.why(SECRETARY, "paper.countersign", id=uid(60), choice="agree") == "own_entry"
    held.given(CLERK, "paper.countersign", id=uid(60), choice="agree")
    seen = held.counted().sees()
    # What was announced stays to be seen until the recount is announced too.
    assert [one["result"] for one in seen["rounds"]] == [first]
    seen = held.announced().sees()
    assert [(one["withheld"], one["result"].get("agree_heads")) for one in seen["rounds"]] == [
        (True, None),
        (False, 1),
    ]
    (line_,) = seen["corrections"]
    assert line_["reason"] == "原票勾的是同意"
    listed = {one["code"]: one["counts"] for one in public_list(held.room, held.motion)["receipts"]}
    assert listed == {line_["before"]: False, line_["after"]: True}
    assert UNIT not in json.dumps(seen["corrections"])
    assert held.motion.cast_heads == 1


def test_nobody_puts_an_entry_right_without_a_recount_nor_twice_over():
    held = Assembly().open().paper(UNIT, "业主1-1-101", "against").at(CLOSES + 1)
    (paper,) = [one.id for one in held.room.need(Urn, MOTION).held.values()]
    told = {"id": uid(60), "paper": paper, "choice": "agree", "reason": "录错"}
    assert held.why(SECRETARY, "paper.correct", **told) == "no_recount"
    held = recounted(Assembly().open().paper(UNIT, "业主1-1-101", "against"))
    (paper,) = [one.id for one in held.room.need(Urn, MOTION).held.values()]
    told["paper"] = paper
    for number in (60, 61):
        held.given(SECRETARY, "paper.correct", **told | {"id": uid(number)})
    held.given(CLERK, "paper.countersign", id=uid(60), choice="spoiled")
    assert held.motion.corrections == ()
    held.given(CLERK, "paper.countersign", id=uid(61), choice="agree")
    assert held.refused(SECRETARY, "paper.correct", **told | {"id": uid(62)})[0] == "wrong_state"
    assert held.refused(ONE, "paper.correct", **told | {"id": uid(63)})[0] == "forbidden"


def test_a_correction_takes_back_what_was_signed_before_it():
    held = recounted(Assembly().open().paper(UNIT, "业主1-1-101", "against"))
    (paper,) = [one.id for one in held.room.need(Urn, MOTION).held.values()]
    from meetings.docket.digests import digest_of

    held.given(ONE, "motion.sign", id=MOTION, round=2, digest=digest_of(held.document()))
    held.given(SECRETARY, "paper.correct", id=uid(60), paper=paper, choice="agree", reason="录错")
    held.given(CLERK, "paper.countersign", id=uid(60), choice="agree")
    assert held.motion.signatures == ()
    assert held.counted().motion.rounds[1].result["agree_heads"] == 1


def test_an_owner_under_age_votes_by_their_guardian_on_the_phone_and_on_paper():
    held = Assembly([line("1", 100, "彭子墨", minor=True), line("2", 100)]).open()
    assert held.why("p-彭子墨", "ballot.cast", **held.ballot("1")) == "guardian_votes"
    assert held.why(SECRETARY, "paper.enter", **entered(None, unit="1", by="彭子墨")) == "guardian_votes"
    fields = letter(unit="1", principal="彭子墨", name="彭建新", authority="guardian")
    held.given(CLERK, "proxy.record", **fields).cast("p-agent", "1")
    assert held.motion.cast_heads == 1


def test_an_erased_line_of_who_took_part_does_not_shut_an_anonymous_poll_for_ever():
    held = Assembly().open(mode="anonymous")
    for place in range(1, 4):
        held.cast(f"p-业主1-1-{place}01", f"1-1-{place}01")
    erased = next(entry for entry in held.entries if entry.by == "p-业主1-1-201")
    again = Assembly()
    for entry in held.entries:
        fact = Erased() if entry is erased else entry.fact
        again.room.apply(type(entry)(entry.seq, entry.at, "" if entry is erased else entry.by, fact))
    again.slips, again.now = held.slips, CLOSES + 1
    again.due()
    result = again.counted().motion.rounds[0].result
    assert (result["participating_heads"], result["agree_heads"]) == (3, 3)
