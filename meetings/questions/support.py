"""Support of questions, and the merging of like ones: everybody counts once. Decides nothing about texts."""

from __future__ import annotations

from typing import Any

import msgspec

from meetings.filtered import why_all_the_same
from meetings.kernel import Aimed, Command, Entry, Fact, Refused, Room, Who
from meetings.meeting import AFTER, DAY, meeting_of
from meetings.people import DESK, NAMED, Mine, mine, words
from meetings.questions.cards import (
    COLLECTING,
    Question,
    Score,
    end,
    in_state,
    merged_under,
    public,
    put,
    root_of,
    settle,
)

NOTHING_SAID: dict[str, Any] = {"objection": None, "objected_at": None, "merge_kept": False}
"""An objection speaks of one merging; the next may be objected to anew."""


class Upvote(Command, frozen=True, tag="question.upvote"):
    """Lend my support to a question, or take it back with `on` false. Not to my own."""

    may, when = NAMED, COLLECTING
    id: str
    on: bool = True


class Merge(Aimed, frozen=True, tag="question.merge"):
    """Put a question under a like one: the support of both is counted once a person."""

    may, when = DESK, COLLECTING | AFTER
    id: str
    into: str

    @property
    def about(self) -> tuple[str, ...]:
        return (f"question:{self.id}", f"question:{self.into}")


class Unmerge(Aimed, frozen=True, tag="question.unmerge"):
    """Take a merged question out again; both get back exactly the support they had."""

    may, when = DESK, COLLECTING | AFTER
    id: str


class Upvoted(Fact, frozen=True, tag="question.upvoted"):
    id: str
    on: bool = True


class Merged(Fact, frozen=True, tag="question.merged"):
    id: str
    into: str


class Unmerged(Fact, frozen=True, tag="question.unmerged"):
    id: str


@words.decides(Upvote)
def _(room: Room, cmd: Upvote, who: Who) -> list[Fact]:
    question = root_of(room, public(room, cmd.id))
    if question.by == who.person:
        raise Refused("own_question")
    if not who.proved and not meeting_of(room).unproved_may_speak:
        raise Refused("unverified")
    if question.state not in {"queued", "on_air"}:
        raise Refused("wrong_state", state=question.state)
    said = who.person in room.need(Score, question.id).voters
    return [] if said == cmd.on else [Upvoted(question.id, cmd.on)]


@words.folds(Upvoted)
def _(room: Room, fact: Upvoted, entry: Entry) -> None:
    score = room.need(Score, fact.id)
    if fact.on:
        score.direct.add(entry.by)
        score.voters.add(entry.by)
    else:
        score.voters.discard(entry.by)
        for question in _family(room, fact.id):
            room.need(Score, question.id).direct.discard(entry.by)
    room.put(score)
    _mark_support(room, entry.by, fact.id, on=fact.on)
    settle(room, fact.id)


def _mark_support(room: Room, person: str, own_id: str, *, on: bool) -> None:
    own: Mine = mine(room, person)
    if on:
        own.supports.add(own_id)
    else:
        own.supports.discard(own_id)
    room.put(own)


@words.decides(Merge)
def _(room: Room, cmd: Merge, who: Who) -> list[Fact]:
    question, into = room.need(Question, cmd.id), room.need(Question, cmd.into)
    if question.merged_into == into.id:
        return []
    if root_of(room, into).id == question.id:
        raise Refused("merge_cycle")
    if into.merged_into is not None:
        raise Refused("wrong_state", state="merged", into=root_of(room, into).id)
    # Never into one under review: the merged question is public and would name it.
    in_state(room, into.id, "queued", "on_air", "answered", "answered_written", "deferred")
    in_state(room, question.id, "pending_review", "queued", "deferred")
    if question.state == "pending_review":
        # Merged it is public as well: what the filter blocked is let in first, with its reason.
        why_all_the_same(question.found, None)
    return [Merged(question.id, into.id)]


@words.folds(Merged)
def _(room: Room, fact: Merged, entry: Entry) -> None:
    end(room, fact.id, entry, state="merged", merged_into=fact.into, reviewed_by=entry.by)
    recount(room, root_of(room, room.need(Question, fact.into)))


@words.decides(Unmerge)
def _(room: Room, cmd: Unmerge, who: Who) -> list[Fact]:
    return [Unmerged(cmd.id)] if room.need(Question, cmd.id).state == "merged" else []


@words.folds(Unmerged)
def _(room: Room, fact: Unmerged, entry: Entry) -> None:
    question = room.need(Question, fact.id)
    root = root_of(room, question)
    after = room.phase in AFTER
    due = entry.at + meeting_of(room).answer_days * DAY if after else None
    state = "deferred" if after else "queued"
    put(
        room,
        msgspec.structs.replace(
            question, state=state, merged_into=None, ended_at=None, due=due, **NOTHING_SAID
        ),
    )
    recount(room, root)
    recount(room, room.need(Question, fact.id))


def freed(room: Room, own_id: str) -> list[Fact]:
    """The facts by which the questions under this one stand for themselves again, before it goes out of sight."""
    return [Unmerged(question.id) for question in merged_under(room, own_id)]


def _family(room: Room, root: str) -> list[Question]:
    """A question and all that were merged into it, however deep."""
    family = [room.need(Question, root)]
    for member in family:
        family.extend(merged_under(room, member.id))
    return family


def recount(room: Room, root: Question) -> None:
    """Count the support of a question anew from those merged into it; its own author never counts."""
    score = room.need(Score, root.id)
    voters: set[str] = set()
    for question in _family(room, root.id):
        voters |= room.need(Score, question.id).direct
    voters.discard(root.by)
    for person in sorted(voters ^ score.voters):
        _mark_support(room, person, root.id, on=person in voters)
    room.put(msgspec.structs.replace(score, voters=voters))
    settle(room, root.id)
