"""What holds for every vote, drawn by lot: no result before the close, a recount that is equal, nothing that changes."""

import json
from random import Random

import msgspec
import pytest

import meetings
from meetings import Entry, Eye, Refused
from meetings.docket.ballots import Urn
from meetings.docket.ballots.casting import BallotCast
from meetings.docket.digests import canonical
from meetings.docket.document import receipts_of, result_of, tally_of
from meetings.kernel import word_of
from meetings.tally import document
from server import tally as recount
from tests.meetings.cast import DAY, uid
from tests.meetings.docket.assembly import (
    CLERK,
    CLOSES,
    MOTION,
    OPENS,
    RECORD,
    SECRETARY,
    Assembly,
    line,
)
from tests.meetings.tally.by_law import by_law

SEEDS = range(120)
CHOICES = ("agree", "against", "abstain")


def drawn_lines(lot):
    """A roster with couples, owners of several flats, a developer and parking."""
    names = [f"人{place}" for place in range(12)]
    lines = []
    for place in range(lot.randint(3, 14)):
        owners = tuple(lot.sample(names, 1 if lot.random() < 0.7 else 2))
        fields = {"building": lot.choice("12")}
        if lot.random() < 0.15:
            owners, fields = ("开发公司",), {"status": "unsold", "developer": "开发公司", "building": "1"}
        elif lot.random() < 0.2:
            fields["voter"] = lot.choice(owners)
        if lot.random() < 0.1:
            fields["kind"] = "parking"
        area_c = lot.choice([1, 8_936, 6_666, 10_000, lot.randint(1, 30_000)])
        lines.append(line(f"u{place}", area_c, *owners, **fields))
    return lines


def held_by_lot(seed, choices=None):
    """A vote in which everybody may try everything; `choices` draws what is chosen, apart from all else."""
    lot, choosing = Random(seed), Random(f"{seed}/{choices}")
    held = Assembly(drawn_lines(lot))
    policy = {
        "item": lot.randint(1, 9),
        "revote": lot.choice(["reject", "last"]),
        "spoiled": lot.choice(["excluded", "participates"]),
        "count_parking": lot.random() < 0.3,
        "mode": lot.choice(["named", "confidential"]),
        "nonreturned": lot.choice(["absent", "absent", "served_participates", "served_follows_majority"]),
    }
    policy["scope_building"] = (
        "1" if lot.random() < 0.2 and any(o.building == "1" for o in held.lines) else None
    )
    try:
        held.open(**policy, nonreturned_rule="规则")
    except Refused as refusal:
        assert refusal.detail == {"field": "scope_building"}
        return None
    people = [person for person in held.places if person.startswith("p-人") or person == "p-开发公司"]
    units = [one.number for one in held.lines]
    refusals = []
    for step in range(lot.randint(5, 40)):
        held.now = max(held.now, min(CLOSES, held.now + lot.choice([0, 1, 60_000, DAY // 4])))
        act, unit, person = lot.random(), lot.choice(units), lot.choice(people)
        own_id, nonce = uid(0x5000 + step), f"{lot.getrandbits(128):032x}"
        choice = choosing.choice(CHOICES if act < 0.75 else (*CHOICES, "spoiled"))
        told = {"id": own_id, "motion": MOTION, "unit": unit}
        owner = lot.choice(held.lines[units.index(unit)].owners)
        try:
            if act < 0.75:
                held.give(person, "ballot.cast", **told, choice=choice, nonce=nonce)
            elif act < 0.9:
                paper = told | {"number": f"Z{step}", "by": owner}
                held.give(SECRETARY, "paper.enter", **paper, choice=choice)
                held.give(CLERK, "paper.confirm", id=own_id, choice=choice)
            elif act < 0.95:
                agent = {"agent": person, "name": "代理人", "authority": "proxy", "letter": "卷"}
                letter = told | agent | {"principal": owner, "written": lot.random() < 0.8}
                held.give(CLERK, "proxy.record", **letter)
            else:
                held.give(CLERK, "ballot.serve", motion=MOTION, unit=unit, proof="签收")
        except Refused as refusal:
            refusals.append((step, refusal.code, refusal.detail.get("why")))
    held.refusals = refusals
    return held


def secret_free(held):
    """Everything anybody is told before the close, and the record itself, without what commits to a choice."""
    hidden = {"commitment", "leaf", "code", "sealed"}

    def bare(told):
        if isinstance(told, dict):
            return {name: bare(value) for name, value in told.items() if name not in hidden}
        return [bare(one) for one in told] if isinstance(told, list | tuple) else told

    views = [held.room.patch(0, eye) for eye in Eye]
    own = {person: held.room.own(person, 0) for person in held.places}
    facts = [(word_of(type(e.fact)), msgspec.to_builtins(e.fact), e.at, e.by) for e in held.entries]
    return json.dumps([bare(views), bare(own), bare(facts), held.refusals], sort_keys=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_before_the_close_everything_anybody_may_know_is_the_same_whatever_was_chosen(seed):
    """Two votes alike but for the choices: all views, everybody's own things, the record and every refusal agree."""
    one, other = held_by_lot(seed, "one"), held_by_lot(seed, "other")
    if one is not None:
        assert secret_free(one) == secret_free(other)


@pytest.mark.parametrize("seed", SEEDS[:40])
def test_no_pair_of_eyes_sees_what_commits_to_a_choice_before_the_close(seed):
    held = held_by_lot(seed)
    if held is None:
        return
    told = json.dumps([held.room.patch(0, eye) for eye in Eye])
    for one in held.room.need(Urn, MOTION).held.values():
        assert one.commitment not in told
        assert one.leaf not in told
        assert one.id not in told or one.channel == "paper"


def test_what_is_sealed_is_as_long_for_one_choice_as_for_another_and_never_twice_the_same():
    held = Assembly().open()
    for place in range(1, 10):
        held.cast(f"p-业主1-1-{place}01", f"1-1-{place}01", CHOICES[place % 3], nonce="0" * 32)
    sealed = [entry.fact.sealed for entry in held.entries if isinstance(entry.fact, BallotCast)]
    assert {len(one) for one in sealed} == {34}
    assert len(set(sealed)) == 9
    commitments = [entry.fact.commitment for entry in held.entries if isinstance(entry.fact, BallotCast)]
    assert len(set(commitments)) == 9


@pytest.mark.parametrize("seed", SEEDS)
def test_the_tally_is_the_law_counted_on_the_document_and_on_what_the_room_had_taken(
    seed, tmp_path, capfdbinary
):
    held = held_by_lot(seed)
    if held is None:
        return
    held.closed()
    if not held.motion.total_area_c:
        return
    held.counted()
    told, announced = held.document(), held.motion.rounds[0].result
    expected = by_law(told)
    assert expected["rejected_ballots"] == []
    assert {name: announced[name] for name in expected if name in announced} == {
        name: value for name, value in expected.items() if name in announced
    }
    # No ballot the box took is refused by the count; those that stand in the box are those that count.
    tally, urn = tally_of(told), held.room.need(Urn, MOTION)
    order = list(urn.held)
    assert {order[place] for place in tally.counted} == set(urn.standing.values())
    assert held.motion.cast_heads == len(urn.standing)
    file = tmp_path / "vote.json"
    file.write_bytes(canonical(told))
    assert recount.main(str(file)) == 0
    (printed,) = json.loads(capfdbinary.readouterr().out)["results"]
    assert {name: printed[name] for name in announced if name in printed} == {
        name: announced[name] for name in announced if name in printed
    }
    assert receipts_of(held.room, held.motion)["root"] == held.motion.rounds[0].root


@pytest.mark.parametrize("seed", SEEDS[:40])
def test_a_record_read_back_is_the_same_vote(seed):
    held = held_by_lot(seed)
    if held is None:
        return
    held.closed()
    again = meetings.new_room(RECORD)
    for entry in held.entries:
        kept = msgspec.json.encode(entry.fact)
        again.apply(Entry(entry.seq, entry.at, entry.by, again.words.fact(word_of(type(entry.fact)), kept)))
    assert [again.patch(0, eye) for eye in Eye] == [held.room.patch(0, eye) for eye in Eye]
    assert {one.id: one for one in again.need(Urn, MOTION).held.values()} == held.room.need(Urn, MOTION).held


@pytest.mark.parametrize("seed", SEEDS[:20])
def test_a_record_with_an_erased_line_is_still_read(seed):
    held = held_by_lot(seed)
    if held is None:
        return
    for place in range(len(held.entries)):
        again = meetings.new_room(RECORD)
        for number, entry in enumerate(held.entries):
            kept = b"" if number == place else msgspec.json.encode(entry.fact)
            fact = again.words.fact(word_of(type(entry.fact)), kept)
            again.apply(Entry(entry.seq, entry.at, entry.by, fact))


@pytest.mark.parametrize("seed", range(60))
def test_ballots_racing_the_close_count_exactly_if_they_came_in_the_window(seed):
    """The server's clock steps back and forth around the close; a desk never lets a record's time run backwards."""
    lot = Random(seed)
    held = Assembly([line(f"u{place}", 100 + place) for place in range(40)]).open()
    taken, clock = set(), CLOSES - 1_000
    for place in lot.sample(range(40), 40):
        clock += lot.choice([-3_600_000, -500, 0, 1, 100, 400, 3_600_000]) if lot.random() < 0.5 else 50
        held.now = max(held.room.at, clock)
        if lot.random() < 0.3:
            held.due()
        try:
            held.give(f"p-业主u{place}", "ballot.cast", **held.ballot(f"u{place}", lot.choice(CHOICES)))
        except Refused as refusal:
            assert (refusal.code, held.now > CLOSES) == ("not_open", True)
        else:
            assert held.now <= CLOSES
            taken.add(f"u{place}")
    held.at(max(held.now, CLOSES + 1)).counted()
    told = held.document()
    assert {one["unit"] for one in told["ballots"]} == taken
    assert tally_of(told).refused == ()


def test_a_result_says_exact_fractions_beside_percentages():
    held = Assembly([line("u1", 333_333), line("u2", 333_333), line("u3", 333_334)]).open()
    held.cast("p-业主u1", "u1").cast("p-业主u2", "u2")
    result = held.closed().counted().motion.rounds[0].result
    assert (result["outcome"], result["quorum_area_met"]) == ("no_quorum", False)
    assert result["shares"]["quorum"] == {
        "area": "6666.66/10000.00",
        "heads": "2/3",
        "area_percent": "66.67%",
        "heads_percent": "66.67%",
    }


def test_figures_are_told_to_everybody_when_they_are_announced():
    held = Assembly().open().cast("p-业主1-1-101", "1-1-101").closed()
    assert held.sees(Eye.STAFF)["rounds"] == []
    held.counted()
    assert len(held.sees(Eye.STAFF)["rounds"]) == 1
    assert held.sees()["rounds"] == []
    held.announced()
    assert held.sees()["outcome"] == "no_quorum"
    turnout = {"heads": 1, "area": "100.00", "channels": {"online": 1}}
    assert held.sees()["turnout"] == turnout | {"heads_met": False, "area_met": False}


def test_the_document_is_read_without_a_word_left_over():
    held = Assembly().open().cast("p-业主1-1-101", "1-1-101").closed()
    (case,) = document.read(canonical(held.document()))
    assert case.unread == ()
    assert result_of(held.document())["item_class"] == "general"
    assert OPENS < CLOSES
