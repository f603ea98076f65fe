"""What holds for every command there is, in any order, by anybody (architecture.md, "What always holds")."""

from __future__ import annotations

import json
import re
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, currently_in_test_context, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

import meetings
from meetings import Entry, Eye, Refused
from meetings.duty import REVIEWS
from meetings.kernel import SYSTEM, word_of
from meetings.people import STAFF
from meetings.polls import Answered, Poll
from meetings.questions import Merged, Question, Score, Unmerged, Upvoted
from meetings.undo import Undone
from tests.meetings.cast import (
    EVERYBODY,
    LAO_LIU,
    MA_ZHICHENG,
    PLATFORM,
    RECORD,
    SHI_LAN,
    TIAN_XIULAN,
    live,
)
from tests.meetings.orders import SECRETS, drawn

UID = re.compile(r"01890000-0000-7000-8000-[0-9a-f]{12}")
LOOKS = frozenset({"raw.see"})
"""Not an act: every look is written down, the same look twice as well."""
AT_A_TIME = 10
LONG_COUNCILS, LONG_TURNS = 24, 40
WAITS = (0, 1, 700, 15_000)
UNSEEN = frozenset({"score"})
"""Told or not as its question is, so it says nothing of its own about who may know the id."""
OWNERS = (TIAN_XIULAN, MA_ZHICHENG, LAO_LIU)
FITTING = [(who.roles | {who.plate or ""}, who) for who in EVERYBODY]


def _note(line: str) -> None:
    if currently_in_test_context():
        note(line)


class Screen:
    """A browser that follows patches."""

    def __init__(self) -> None:
        self.seq = 0
        self.holds: dict[str, Any] = {}

    def take(self, patch: dict[str, Any], to: int) -> None:
        """Lay a patch over what is drawn."""
        for name, view in patch.items():
            if view is None:
                self.holds.pop(name, None)
            else:
                self.holds[name] = view
        self.seq = to


class AnyCouncil(RuleBasedStateMachine):
    """A live council in which everybody may try everything."""

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        self.council = live()
        review = REVIEWS[seed % 3]
        self.council.given(
            SHI_LAN,
            "meeting.set",
            unproved_may_speak=seed % 2 == 0,
            review_questions=review,
            review_comments=review,
        )
        self.screens = {eye: Screen() for eye in Eye}
        self.own_screens = {who.id: Screen() for who in OWNERS}
        self.ever_public: set[str] = set()
        self.public_at = 0
        self.hear()
        for following in range(3):
            self.fittingly(seed + following)

    @rule(seed=st.integers(0, 2**32))
    def fittingly(self, seed: int) -> None:
        """People who may give commands."""
        lot = Random(seed)
        for _ in range(AT_A_TIME):
            order = drawn(lot, self.council.room, self.council.now)
            kind = meetings.words.commands[order["type"]]
            able = [who for roles, who in FITTING if roles & kind.may] or [PLATFORM]
            self.give(order, lot.choice(able), lot.choice(WAITS))

    @rule(seed=st.integers(0, 2**32))
    def whoever(self, seed: int) -> None:
        """Anybody gives commands."""
        lot = Random(seed)
        for _ in range(AT_A_TIME):
            self.give(drawn(lot, self.council.room, self.council.now), lot.choice(EVERYBODY), 1)

    @rule(wait=st.sampled_from([13_000, 600_000]))
    def clock(self, wait: int) -> None:
        """The platform does what is due, and is never refused."""
        self.council.later(wait)
        self.council.due()
        self.hear()
        assert not meetings.due(self.council.room, self.council.now)

    def give(self, order: dict[str, Any], who: Any, wait: int) -> None:
        council, room = self.council, self.council.room
        council.later(wait)
        _note(f"{who.name or who.id}: {order}")
        word, fields = order["type"], {name: held for name, held in order.items() if name != "type"}
        kind = meetings.words.commands[word]
        before = (room.seq, self.everything(room))
        able = who.id == SYSTEM or bool(room.roles(who.at(council.now)) & kind.may)
        try:
            council.give(who, word, **fields)
        except Refused as refusal:
            assert refusal.code in meetings.text.REFUSALS
            assert (room.seq, self.everything(room)) == before, f"{word} refused, and yet something changed"
            return
        assert able, f"{word} by {who.name}, who may not"
        self.hear()
        if word not in LOOKS:
            self.repeat(who, word, fields)

    def repeat(self, who: Any, word: str, fields: dict[str, Any]) -> None:
        """(a) The same command again adds nothing."""
        at = self.council.room.seq
        try:
            assert self.council.give(who, word, **fields) == [], f"{word} twice is not {word} once"
        except Refused:
            assert self.council.room.seq == at

    @rule(eye=st.sampled_from(list(Eye)))
    def follow(self, eye: Eye) -> None:
        """(b) A screen takes the patches since it last looked, however long ago: it equals a fresh one."""
        self.counts()
        room, screen = self.council.room, self.screens[eye]
        screen.take(room.patch(screen.seq, eye), room.seq)
        shelves = [thing for shelf in room._things.values() for thing in shelf.values()]
        fresh = {thing.address: thing.seen_by(eye) for thing in shelves}
        assert screen.holds == {name: view for name, view in fresh.items() if view is not None}
        assert screen.holds == room.patch(0, eye)

    @rule(who=st.sampled_from(OWNERS))
    def follow_own(self, who: Any) -> None:
        """(b) The same for what a person sees of their own."""
        room, screen = self.council.room, self.own_screens[who.id]
        screen.take(room.own(who.id, screen.seq), room.seq)
        assert screen.holds == room.own(who.id, 0)

    def hear(self) -> None:
        """(d) The public never hears of what was never public: no thing, no id, no number of a resident."""
        room = self.council.room
        self.ever_public |= room.patch(0, Eye.PUBLIC).keys()
        patch = room.patch(self.public_at, Eye.PUBLIC)
        self.public_at = room.seq
        assert patch.keys() <= self.ever_public
        told = json.dumps(patch, ensure_ascii=False)
        secret = {
            UID.search(thing.address).group()
            for shelf in room._things.values()
            for thing in shelf.values()
            if UID.search(thing.address)
            and thing.address not in self.ever_public
            and thing.kind not in UNSEEN
        }
        assert not secret.intersection(UID.findall(told))
        plated = {name.partition(":")[2] for name in self.ever_public if name.startswith("person:")}
        for who in EVERYBODY:
            assert who.id in plated | {"", SYSTEM} or f'"{who.id}"' not in told
        self.keeps_secrets(patch)

    @staticmethod
    def keeps_secrets(patch: dict[str, Any]) -> None:
        for name, view in patch.items():
            if name.partition(":")[0] in {"question", "comment", "caption"}:
                assert not any(secret in json.dumps(view, ensure_ascii=False) for secret in SECRETS)

    def counts(self) -> None:
        """(e) Every count is the number of distinct voters, told again from the facts."""
        room = self.council.room
        for own_id, expected in support(self.council.entries, room).items():
            assert len(room.need(Score, own_id).voters) == expected
        for poll in room.all(Poll):
            chosen = {
                entry.fact.unit or entry.by: places(poll, entry.fact.choice)
                for entry in self.council.entries
                if isinstance(entry.fact, Answered) and entry.fact.id == poll.id
            }
            every = [place for places in chosen.values() for place in places]
            told = [every.count(place) for place in range(len(poll.options))]
            assert (list(poll.counts), len(poll.voices)) == (told, len(chosen))

    def teardown(self) -> None:
        """(c) The record, encoded, decoded and replayed, is the live room."""
        if not hasattr(self, "council"):
            return
        room = self.council.room
        self.counts()
        again = replayed(self.council.entries)
        assert self.everything(again) == self.everything(room)
        assert (again.phase, again.granted, again.floor) == (room.phase, room.granted, room.floor)
        half = room.seq // 2
        assert all(again.patch(half, eye) == room.patch(half, eye) for eye in Eye)
        assert len({eye for who in EVERYBODY for eye in [room.eye(who.at(0), STAFF)]}) <= len(Eye)

    @staticmethod
    def everything(room: meetings.Room) -> Any:
        return [room.patch(0, eye) for eye in Eye], [room.own(who.id, 0) for who in OWNERS]


def places(poll: Poll, choice: int | list[int]) -> list[int]:
    """The places an answer stands for."""
    first = poll.scale.low if poll.scale else 0
    return choice if isinstance(choice, list) else [choice - first]


def support(entries: list[Entry], room: meetings.Room) -> dict[str, int]:
    """How many distinct people support each question that stands for itself."""
    direct: dict[str, set[str]] = {question.id: set() for question in room.all(Question)}
    into: dict[str, str] = {}

    def family(root: str) -> list[str]:
        found = [root]
        for member in found:
            found.extend(child for child, parent in into.items() if parent == member)
        return found

    freed: dict[int, tuple[str, str]] = {}
    for entry in entries:
        match entry.fact:
            case Upvoted(id=own_id, on=True):
                direct[own_id].add(entry.by)
            case Upvoted(id=own_id):
                for member in family(own_id):
                    direct[member].discard(entry.by)
            case Merged(id=own_id, into=other):
                into[own_id] = other
            case Unmerged(id=own_id):
                freed[entry.seq] = own_id, into.pop(own_id, "")
            case Undone(of=seq, what="question.merged"):
                into.pop(entries[seq - 1].fact.id)
            case Undone(of=seq, what="question.unmerged"):
                into.__setitem__(*freed[seq])
            case Undone(of=seq, what="question.hidden" | "question.rejected"):
                # Those it had set free in the same breath go back under it.
                root, before = entries[seq - 1].fact.id, seq - 1
                while (
                    before in freed
                    and freed[before][1] == root
                    and entries[before - 1].at == entries[seq - 1].at
                ):
                    into.__setitem__(*freed[before])
                    before -= 1
    return {
        root: len(set().union(*(direct[member] for member in family(root))) - {room.need(Question, root).by})
        for root in direct
        if root not in into
    }


def replayed(entries: list[Entry]) -> meetings.Room:
    """A fresh room from the record as it is stored."""
    room = meetings.new_room(RECORD)
    for entry in entries:
        kept = msgspec.json.encode(entry.fact)
        fact = meetings.words.fact(word_of(type(entry.fact)), kept)
        room.apply(Entry(entry.seq, entry.at, entry.by, fact))
    return room


@pytest.mark.parametrize("seed", range(LONG_COUNCILS))
def test_a_long_council(seed):
    """The same laws over more commands than a shrinking search would draw."""
    council = AnyCouncil()
    council.begin(seed)
    lot = Random(seed)
    for turn in range(LONG_TURNS):
        (council.whoever if lot.random() < 0.2 else council.fittingly)(1_000 * seed + turn)
        if lot.random() < 0.3:
            council.follow(lot.choice(list(Eye)))
            council.follow_own(lot.choice(OWNERS))
        if lot.random() < 0.1:
            council.clock(13_000)
    council.teardown()


TestAnyCouncil = AnyCouncil.TestCase
TestAnyCouncil.settings = settings(
    max_examples=30,
    stateful_step_count=40,
    deadline=None,
    # Making a failure smaller takes minutes here and saves little: each rule is ten commands by lot.
    phases=[Phase.generate],
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
