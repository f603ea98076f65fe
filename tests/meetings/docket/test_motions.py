"""A motion on its way: every state and condition of DOMAIN 2.3, and what is frozen at notice."""

import pytest

from meetings import Eye
from meetings.kernel import SYSTEM
from tests.meetings.cast import DAY, uid
from tests.meetings.docket.assembly import (
    CHAIR,
    CLERK,
    CLOSES,
    ESTATE,
    LAWYER,
    MOTION,
    ONE,
    OPENS,
    OTHER,
    ROSTER,
    SECRETARY,
    SUPERVISORS,
    THIRD,
    Assembly,
    line,
    nine,
    rules,
)

OWNER = "p-业主1-1-101"
STATES = ("drafted", "checked", "noticed", "open", "closed", "counted", "announced", "final", "annulled")


def brought_to(state):
    """An assembly whose motion stands in this state."""
    held = Assembly().drafted()
    steps = [
        lambda: held.given(LAWYER, "motion.check", id=MOTION, item_class="general"),
        lambda: held.published().frozen().given(CHAIR, "motion.notice", **held.notice()),
        lambda: held.at(OPENS),
        lambda: held.cast(OWNER, "1-1-101").closed(),
        held.counted,
        held.announced,
        lambda: held.at(held.motion.posted_until),
        lambda: held.given(SECRETARY, "motion.annul", id=MOTION, reason="判决撤销", document="(2026)初1号"),
    ]
    for step in steps[: STATES.index(state)]:
        step()
    assert held.motion.state == state
    return held


def test_a_motion_goes_from_draft_to_annulled():
    held = brought_to("annulled")
    view = held.sees()
    assert (view["state"], view["document"], view["provisional"]) == ("annulled", "(2026)初1号", False)


def test_a_draft_is_for_the_desk_and_its_author():
    held = Assembly().drafted()
    assert f"motion:{MOTION}" not in held.room.patch(0, Eye.PUBLIC)
    assert held.sees(Eye.STAFF)["state"] == "drafted"
    assert held.room.own(CHAIR, 0)[f"motion:{MOTION}"]["title"] == "解聘物业"
    assert held.refused(OWNER, "motion.draft", id=uid(8), estate=ESTATE, title="a", text="b", item=1)[0] == (
        "forbidden"
    )


@pytest.mark.parametrize(
    ("item", "item_class", "warning"),
    [
        *((item, "general", None) for item in (1, 2, 3, 4, 9)),
        (5, "general", "use_not_raise"),
        (6, "special", "raise_not_use"),
        *((item, "special", None) for item in (7, 8)),
    ],
)
def test_the_item_alone_chooses_the_class(item, item_class, warning):
    held = Assembly().drafted(item=item)
    view = held.sees(Eye.STAFF)
    assert (view["item_class"], view["class_warning"]) == (item_class, warning)
    other = "special" if item_class == "general" else "general"
    code, detail = held.refused(LAWYER, "motion.check", id=MOTION, item_class=other)
    assert (code, detail["field"], detail["item"]) == ("unclear", "item_class", item)
    held.given(LAWYER, "motion.check", id=MOTION, item_class=item_class)


@pytest.mark.parametrize("item", [0, 10, -1, 278])
def test_what_is_none_of_the_nine_matters_is_no_motion(item):
    told = {"id": MOTION, "estate": ESTATE, "title": "住改商", "text": "改经营性用房", "item": item}
    assert Assembly().refused(CHAIR, "motion.draft", **told)[1]["field"] == "item"


def test_nobody_checks_their_own_motion():
    held = Assembly()
    held.given(SECRETARY, "motion.draft", id=MOTION, estate=ESTATE, title="a", text="b", item=4)
    assert held.why(SECRETARY, "motion.check", id=MOTION, item_class="general") == "own_motion"


def test_silence_counts_only_by_a_rule_that_is_quoted():
    told = {"id": MOTION, "estate": ESTATE, "title": "a", "text": "b", "item": 4}
    told["nonreturned"] = "served_follows_majority"
    assert Assembly().refused(CHAIR, "motion.draft", **told)[1]["field"] == "nonreturned_rule"
    Assembly().given(CHAIR, "motion.draft", **told, nonreturned_rule="议事规则第二十条：送达未表决的从多数")


def test_fifteen_days_of_notice_and_not_an_instant_less():
    held = Assembly().checked().published().frozen()
    code, detail = held.refused(CHAIR, "motion.notice", **held.notice(opens_at=OPENS - 1))
    assert (code, detail) == ("unclear", {"field": "opens_at", "earliest": OPENS})
    held.given(CHAIR, "motion.notice", **held.notice())


def test_a_notice_needs_committee_supervisors_roster_and_a_window():
    held = Assembly().checked().published()
    assert held.refused(CHAIR, "motion.notice", **held.notice()) == (
        "wrong_state",
        {"state": "published", "field": "roster"},
    )
    held.frozen()

    def field(**fields):
        return held.refused(CHAIR, "motion.notice", **held.notice(**fields))[1].get("field")

    assert field(committee_told=False) == "committee_told"
    assert field(supervisors=SUPERVISORS[:1]) == "supervisors"
    assert field(supervisors=[SUPERVISORS[0]] * 2) == "supervisors"
    assert field(supervisors=[*SUPERVISORS, {"person": CHAIR, "name": "丙"}]) == "supervisors"
    assert field(closes_at=OPENS) == "closes_at"
    assert field(extends_to=CLOSES + DAY) == "extends_to"
    assert held.refused(CHAIR, "motion.notice", **held.notice(roster=uid(99)))[0] == "not_found"
    assert held.refused(LAWYER, "motion.notice", **held.notice())[0] == "forbidden"


def test_a_scope_without_units_is_no_scope():
    held = Assembly().checked(scope_building="9").published().frozen()
    assert held.refused(CHAIR, "motion.notice", **held.notice())[1]["field"] == "scope_building"


def test_a_vote_is_advisory_unless_a_rule_permits_more_and_says_what_is_missing():
    held = Assembly().checked(binding="statutory").published().frozen()
    left = ["permits", "window_least_days", "window_most_days", "paper", "platform"]
    assert held.refused(CHAIR, "motion.notice", **held.notice())[1]["missing"] == left
    assert held.sees(Eye.STAFF)["missing"] == left
    held.given(SECRETARY, "rules.adopt", **rules())
    held.given(CHAIR, "motion.notice", **held.notice())
    view = held.sees()
    assert (view["binding"], view["missing"]) == ("statutory", [])
    assert Assembly().drafted().sees(Eye.STAFF)["binding"] == "advisory"


@pytest.mark.parametrize("place", ["beijing", "hangzhou", "qingyuan"])
def test_where_the_city_runs_the_vote_it_is_statutory_only_with_the_citys_number(place):
    held = Assembly()
    own = {"beijing": {"posting_days": 7}, "qingyuan": {"announce_days": 3}}.get(
        place, {"announce_days": 3, "posting_days": 7}
    )
    if place != "hangzhou":
        own |= {"window_least_days": 5, "window_most_days": 60, "paper": "always"}
    told = {"id": uid(3), "estate": ESTATE, "based_on": place, "permits": "规则", "source": "规则"}
    held.given(SECRETARY, "rules.adopt", **told | own)
    held.checked(binding="statutory").published().frozen()
    assert held.refused(CHAIR, "motion.notice", **held.notice())[1]["missing"] == ["city_platform"]


def test_a_statutory_vote_always_offers_paper():
    held = Assembly().given(SECRETARY, "rules.adopt", **rules())
    held.checked(binding="statutory", paper=False).published().frozen()
    assert held.refused(CHAIR, "motion.notice", **held.notice())[1]["missing"] == ["paper_offer"]


def test_the_window_is_as_long_as_the_rules_ask_for():
    held = Assembly().given(SECRETARY, "rules.adopt", **rules()).checked().published().frozen()
    for closes_at in (OPENS + 5 * DAY - 1, OPENS + 60 * DAY + 1):
        assert (
            held.refused(CHAIR, "motion.notice", **held.notice(closes_at=closes_at))[1]["field"]
            == "closes_at"
        )


@pytest.mark.parametrize("state", STATES[2:])
def test_nothing_that_was_noticed_changes(state):
    held = brought_to(state)
    digest, view = held.motion.digest, held.sees()
    frozen = (
        "title",
        "text",
        "item",
        "options",
        "policy",
        "rules",
        "roster_version",
        "root",
        "opens_at",
        "closes_at",
    )
    told = {"id": MOTION, "estate": ESTATE, "title": "另一题", "text": "另一文", "item": 6}
    assert held.refused(CHAIR, "motion.draft", **told)[0] == "wrong_state"
    assert held.refused(CHAIR, "motion.notice", **held.notice(closes_at=CLOSES + DAY))[0] == "wrong_state"
    held.given(SECRETARY, "rules.adopt", **rules())
    assert held.motion.digest == digest
    assert {name: held.sees()[name] for name in frozen} == {name: view[name] for name in frozen}


@pytest.mark.parametrize("state", STATES)
def test_a_motion_is_withdrawn_before_it_opens_and_never_after(state):
    held = brought_to(state)
    if state in {"drafted", "checked", "noticed"}:
        held.given(CHAIR, "motion.withdraw", id=MOTION, reason="条件变化")
        assert held.motion.state == "withdrawn"
        assert (f"motion:{MOTION}" in held.room.patch(0, Eye.PUBLIC)) is (state == "noticed")
    else:
        assert held.refused(CHAIR, "motion.withdraw", id=MOTION, reason="条件变化")[0] == "wrong_state"


@pytest.mark.parametrize("state", STATES)
def test_nobody_opens_closes_opens_ballots_or_finishes_by_hand(state):
    held = brought_to(state)
    for word in ("motion.open", "motion.close", "motion.unseal", "motion.finish"):
        for person in (CHAIR, SECRETARY, ONE, LAWYER):
            assert held.refused(person, word, id=MOTION)[0] == "forbidden"


def test_it_opens_and_closes_at_its_times_and_not_before():
    held = Assembly().noticed()
    assert held.at(OPENS - 1).motion.state == "noticed"
    assert held.at(OPENS).motion.state == "open"
    assert held.at(CLOSES).motion.state == "open"
    assert held.why(SYSTEM, "motion.close", id=MOTION) == "no_early_closing"
    assert held.at(CLOSES + 1).motion.state == "closed"


def test_a_unit_without_an_area_keeps_the_vote_from_opening():
    held = Assembly([*nine(), line("9-9-901", None)]).noticed()
    assert held.sees()["waiting_for"] == ["area_unknown"]
    assert held.at(OPENS).motion.state == "noticed"
    held.at(CLOSES + 1)
    assert (held.motion.state, held.sees()["ended_because"]) == ("withdrawn", "never_opened")


def test_a_statutory_window_is_not_shortened_below_its_least_days_by_a_late_answer():
    held = Assembly().given(SECRETARY, "rules.adopt", **rules())
    held.noticed(binding="statutory").given(
        OWNER, "roster.object", id=uid(10), roster=ROSTER, text="面积不符"
    )
    held.at(CLOSES - 5 * DAY + 1)
    held.given(SECRETARY, "roster.answer", id=uid(10), text="无误", accepted=False)
    assert held.at(held.now).motion.state == "noticed"
    assert held.at(CLOSES + 1).motion.state == "withdrawn"


def test_an_extension_is_used_only_where_it_was_noticed():
    held = Assembly().open()
    assert held.why(CHAIR, "motion.extend", id=MOTION) == "extension_not_noticed"
    held = Assembly().given(SECRETARY, "rules.adopt", **rules(extension=True)).checked().published().frozen()
    held.given(CHAIR, "motion.notice", **held.notice(extends_to=CLOSES + 5 * DAY)).at(OPENS)
    digest = held.motion.digest
    held.given(CHAIR, "motion.extend", id=MOTION)
    assert (held.motion.closes_at, held.motion.digest) == (CLOSES + 5 * DAY, digest)
    assert held.at(CLOSES + 1).motion.state == "open"
    assert held.at(CLOSES + 5 * DAY + 1).motion.state == "closed"


def test_two_of_the_named_supervisors_sign_what_they_counted_themselves():
    held = Assembly().open().cast(OWNER, "1-1-101").closed()
    told = {"id": MOTION, "round": 1, "digest": "0" * 64}
    assert held.why(ONE, "motion.sign", **told) == "differs"
    assert held.why(THIRD, "motion.sign", **told) == "not_supervisor"
    assert held.refused(SECRETARY, "motion.sign", **told)[0] == "forbidden"
    assert held.why(SECRETARY, "motion.count", id=MOTION, round=1) == "signatures"
    held.counted()
    assert held.motion.rounds[0].signed_by == (ONE, OTHER)
    assert held.refused(CLERK, "motion.count", id=MOTION, round=2)[0] == "forbidden"


def test_a_result_is_posted_disputed_counted_again_and_final():
    held = brought_to("announced")
    assert held.sees()["provisional"] is True
    told = {"id": MOTION, "dispute": uid(20), "text": "票数有疑"}
    assert held.why("p-stranger", "motion.dispute", **told) == "not_owner"
    held.given(OWNER, "motion.dispute", **told)
    assert held.at(held.motion.posted_until).motion.state == "announced"
    settle = {"id": MOTION, "dispute": uid(20), "outcome": "recount", "answer": "当众重计"}
    assert held.why(THIRD, "motion.settle", **settle) == "not_supervisor"
    held.given(ONE, "motion.settle", **settle)
    assert held.at(held.now + DAY).motion.state == "announced"
    held.counted()
    assert [(one.number, one.reason) for one in held.motion.rounds] == [(1, None), (2, "当众重计")]
    assert held.motion.rounds[0].result == held.motion.rounds[1].result
    held.announced().at(held.motion.posted_until)
    assert (held.motion.state, len(held.sees()["rounds"])) == ("final", 2)


def test_objections_end_with_the_posting():
    held = brought_to("announced")
    held.now = held.motion.posted_until
    told = {"id": MOTION, "dispute": uid(20), "text": "票数有疑"}
    assert held.why(OWNER, "motion.dispute", **told) == "posting_over"


def test_a_posting_is_as_long_as_the_rules_ask():
    held = Assembly().given(SECRETARY, "rules.adopt", **rules(posting_days=15)).open()
    held.cast(OWNER, "1-1-101").closed().counted().announced()
    days = (held.motion.posted_until - held.now) / DAY
    assert 15 < days <= 16


def test_only_a_document_annuls_and_only_what_is_final():
    held = brought_to("announced")
    told = {"id": MOTION, "reason": "判决", "document": "(2026)初1号"}
    assert held.refused(SECRETARY, "motion.annul", **told)[0] == "wrong_state"
    assert brought_to("final").refused(SECRETARY, "motion.annul", **told | {"document": " "})[0] == "unclear"
