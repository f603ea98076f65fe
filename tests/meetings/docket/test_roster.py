"""A roster is published for correction, objected to, frozen with a version and a root that reveals nothing."""

import json

import msgspec
import pytest

from meetings import Eye
from meetings.docket.digests import EMPTY, leaf_of, path_of, root_from, root_of
from meetings.docket.roster import OBJECTIONS_EACH, OBJECTIONS_END, Roster
from meetings.kernel import SYSTEM
from tests.meetings.cast import DAY, uid
from tests.meetings.docket.assembly import (
    CHAIR,
    CLOSES,
    ESTATE,
    MOTION,
    OPENS,
    ROSTER,
    SECRETARY,
    Assembly,
    line,
    nine,
)

OWNER = "p-业主1-1-101"


def of(held):
    return held.room.need(Roster, ROSTER)


def objection(number=10, **fields):
    return {"id": uid(number), "roster": ROSTER, "text": "面积与产权证不符", "unit": "1-1-101"} | fields


def test_only_the_platform_brings_units():
    held = Assembly()
    told = {"id": ROSTER, "estate": ESTATE, "lines": msgspec.to_builtins(nine()), "until": CLOSES}
    for person in (SECRETARY, CHAIR, OWNER):
        assert held.refused(person, "roster.publish", **told, asked_by="x")[0] == "forbidden"
    held.published()
    freeze = {"id": ROSTER, "version": 1, "lines": told["lines"], "asked_by": "x"}
    assert held.refused(SECRETARY, "roster.freeze", **freeze)[0] == "forbidden"


def test_no_pair_of_eyes_sees_a_name_a_unit_or_an_area():
    held = Assembly(nine(8_936))
    for step in (held.published, held.frozen):
        room = step().room
        for eye in Eye:
            told = json.dumps(room.patch(0, eye), ensure_ascii=False)
            assert "业主" not in told
            assert "1-1-101" not in told
            assert "8936" not in told
    view = held.room.patch(0, Eye.PUBLIC)[f"roster:{ROSTER}"]
    assert view["total"] == {"units": 9, "heads": 9, "area_c": 80_424}


def test_the_publication_is_taken_down_when_the_roster_is_frozen():
    held = Assembly().published()
    assert len(of(held).published) == 9
    held.frozen()
    assert of(held).published == ()
    assert [one.version for one in of(held).versions] == [1]


def test_owners_object_and_others_do_not():
    held = Assembly().published()
    assert held.why("p-stranger", "roster.object", **objection()) == "not_owner"
    held.given(OWNER, "roster.object", **objection())
    assert held.room.own(OWNER, 0)[f"objection:{uid(10)}"]["state"] == "waiting"
    assert f"objection:{uid(10)}" not in held.room.patch(0, Eye.PUBLIC)
    held.given(SECRETARY, "roster.object", **objection(11, unit=None))
    assert held.refused(OWNER, "roster.object", **objection(text="另一句"))[0] == "taken"
    assert held.refused(OWNER, "roster.object", **objection(12, text=" "))[0] == "unclear"


def test_a_tenant_of_an_owners_name_is_no_owner():
    held = Assembly().published()
    held.owns("p-namesake", "业主1-1-101")
    assert held.why("p-namesake", "roster.object", **objection()) == "not_owner"


def test_it_is_not_frozen_while_an_objection_waits():
    held = Assembly().published().given(OWNER, "roster.object", **objection())
    freeze = {"id": ROSTER, "version": 1, "lines": msgspec.to_builtins(held.lines), "asked_by": "x"}
    held.now = of(held).until
    assert held.why(SYSTEM, "roster.freeze", **freeze) == "objections_waiting"
    held.given(SECRETARY, "roster.answer", id=uid(10), text="以产权登记为准", accepted=False).frozen()


def test_it_is_not_frozen_before_its_term_for_correction_is_over():
    held = Assembly().published()
    freeze = {"id": ROSTER, "version": 1, "lines": msgspec.to_builtins(held.lines), "asked_by": "x"}
    held.now = of(held).until - 1
    assert held.why(SYSTEM, "roster.freeze", **freeze) == "correction_term"
    held.now += 1
    held.given(SYSTEM, "roster.freeze", **freeze)


def test_objections_end_before_the_opening_so_that_the_desk_can_settle_them():
    held = Assembly().noticed()
    assert of(held).objections_until == OPENS - OBJECTIONS_END
    held.now = OPENS - OBJECTIONS_END - 1
    held.given(OWNER, "roster.object", **objection())
    held.now += 1
    assert held.why(OWNER, "roster.object", **objection(11)) == "objections_over"
    # Nobody brings one in by the desk either: who is late objects to the result.
    assert held.why(SECRETARY, "roster.object", **objection(11)) == "objections_over"
    held.given(SECRETARY, "roster.answer", id=uid(10), text="以产权登记为准", accepted=False)
    held.at(OPENS).cast(OWNER, "1-1-101").closed().counted().announced()
    held.given(OWNER, "motion.dispute", id=MOTION, dispute=uid(20), text="我家的面积不对")


def test_objections_have_no_end_again_once_the_motion_is_withdrawn():
    held = Assembly().noticed()
    held.now = OPENS - OBJECTIONS_END
    held.given(CHAIR, "motion.withdraw", id=MOTION, reason="撤回")
    assert of(held).objections_until is None
    held.given(OWNER, "roster.object", **objection())


def test_one_owner_does_not_keep_the_desk_from_ever_being_done():
    held = Assembly().published()
    for number in range(OBJECTIONS_EACH):
        held.given(OWNER, "roster.object", **objection(10 + number))
        held.given(SECRETARY, "roster.answer", id=uid(10 + number), text="不成立", accepted=False)
    assert held.why(OWNER, "roster.object", **objection(20)) == "objections_each"
    held.given("p-业主1-1-201", "roster.object", **objection(20, unit="1-1-201"))
    held.given(SECRETARY, "roster.object", **objection(21, unit=None))


def test_a_frozen_roster_changes_for_an_accepted_objection_alone():
    held = Assembly().noticed()
    first = held.motion.root
    again = {"id": ROSTER, "version": 2, "lines": msgspec.to_builtins(held.lines), "asked_by": "x"}
    assert held.why(SYSTEM, "roster.freeze", **again) == "frozen"
    held.given(OWNER, "roster.object", **objection())
    assert held.motion.waiting_for == ("objections",)
    held.given(SECRETARY, "roster.answer", id=uid(10), text="已按产权证更正", accepted=True)
    assert held.motion.waiting_for == ("corrected_version",)
    assert held.at(OPENS).motion.state == "noticed"
    held.lines[0] = line("1-1-101", 12_000)
    held.frozen(2)
    assert (held.motion.roster_version, held.motion.waiting_for) == (2, ())
    assert held.motion.root != first
    assert held.motion.total_area_c == 92_000
    assert held.at(OPENS + 1).motion.state == "open"


def test_nothing_changes_once_a_vote_on_it_has_opened():
    held = Assembly().open()
    assert held.why(OWNER, "roster.object", **objection()) == "vote_opened"
    again = {"id": ROSTER, "version": 2, "lines": msgspec.to_builtins(held.lines), "asked_by": "x"}
    assert held.why(SYSTEM, "roster.freeze", **again) == "frozen"


def test_nobody_answers_their_own_objection():
    held = Assembly().published().given(SECRETARY, "roster.object", **objection())
    assert held.why(SECRETARY, "roster.answer", id=uid(10), text="好", accepted=True) == "own_objection"


@pytest.mark.parametrize("broken", ["twice", "salt", "none"])
def test_a_roster_that_cannot_be_right_is_refused_whole(broken):
    lines = {
        "twice": [*nine(), nine()[0]],
        "salt": [msgspec.structs.replace(nine()[0], salt="zz")],
        "none": [],
    }[broken]
    told = {"id": ROSTER, "estate": ESTATE, "lines": msgspec.to_builtins(lines), "until": CLOSES + DAY}
    assert Assembly().refused(SYSTEM, "roster.publish", **told, asked_by="x")[0] == "unclear"


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 74])
def test_every_unit_has_a_proof_and_no_other_line_passes_for_it(count):
    lines = [line(f"1-1-{place:03}", 10_000 + place) for place in range(count)]
    snapshot = of(Assembly(lines).published().frozen()).versions[0]
    for one in lines:
        found, steps = snapshot.proof(one.number)
        assert root_from(found.leaf, steps) == snapshot.root
        assert root_from(msgspec.structs.replace(found, area_c=1).leaf, steps) != snapshot.root
    assert snapshot.proof("9-9-999") is None


def test_a_root_says_nothing_about_a_unit_without_its_salt():
    """Whoever guesses area and owner right still does not find the leaf: the salt is not in it to be guessed."""
    one, other = line("1-1-101", 8_936), msgspec.structs.replace(line("1-1-101", 8_936), salt="0" * 32)
    assert one.told() == other.told()
    assert one.leaf != other.leaf != leaf_of(other.told())


def test_a_tree_tells_leaves_from_nodes_and_order_from_order():
    leaves = [leaf_of(place) for place in range(5)]
    assert root_of([]) == EMPTY
    assert root_of(leaves) != root_of(leaves[::-1])
    assert root_of([root_of(leaves[:2]), *leaves[2:]]) != root_of(leaves)
    assert [root_from(leaves[place], path_of(leaves, place)) for place in range(5)] == [root_of(leaves)] * 5


def test_two_motions_rest_on_one_roster():
    held = Assembly().noticed()
    held.given(CHAIR, "motion.draft", id=uid(7), estate=ESTATE, title="动用维修资金", text="修屋面", item=5)
    held.given("p-lawyer", "motion.check", id=uid(7), item_class="general")
    held.given(CHAIR, "motion.notice", **held.notice(id=uid(7)))
    held.at(OPENS)
    states = {held.room.patch(0, Eye.PUBLIC)[f"motion:{own}"]["state"] for own in (MOTION, uid(7))}
    assert states == {"open"}
