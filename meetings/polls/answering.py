"""Answering a poll: one answer a person or a household, which a later one of the same person replaces."""

from __future__ import annotations

import msgspec

from meetings.kernel import Command, Entry, Fact, Refused, Room, Who
from meetings.meeting import TALKING
from meetings.people import NAMED, mine, words
from meetings.polls.card import Poll, Voice

Choice = int | list[int]


class Answer(Command, frozen=True, tag="poll.answer"):
    """Choose an option, counted from 0; of several a list, at most as many as the poll says; on a scale its number.

    A later choice replaces the earlier one while the poll is open. Where a household has one answer, the unit must be
    proved and whoever answered first speaks for it.
    """

    may, when = NAMED, TALKING
    id: str
    choice: Choice


class Answered(Fact, frozen=True, tag="poll.answered"):
    id: str
    choice: Choice
    unit: str | None = None


def places_of(poll: Poll, choice: Choice) -> tuple[int, ...]:
    """The places of what is chosen, in their order. Refuses what this poll does not offer."""
    if poll.sort == "multiple":
        if not isinstance(choice, list) or not choice:
            raise Refused("unclear", field="choice")
        if len(choice) > poll.most:
            raise Refused("too_large", limit=poll.most, field="choice")
        if len(set(choice)) < len(choice):
            raise Refused("unclear", field="choice")
        places = sorted(choice)
    else:
        if isinstance(choice, list):
            raise Refused("unclear", field="choice")
        places = [choice - (poll.scale.low if poll.scale is not None else 0)]
    if places[0] < 0 or places[-1] >= len(poll.options):
        raise Refused("unclear", field="choice")
    return tuple(places)


@words.decides(Answer)
def _(room: Room, cmd: Answer, who: Who) -> list[Fact]:
    poll = room.get(Poll, cmd.id)
    if poll is None or not poll.was_opened:
        raise Refused("not_found")
    if poll.state != "open" or (poll.closes_at is not None and who.at >= poll.closes_at):
        raise Refused("not_open")
    places = places_of(poll, cmd.choice)
    head = who.person
    if poll.per == "household":
        if who.unit is None or not who.proved:
            raise Refused("unverified")
        head = who.unit
    voice = poll.voices.get(head)
    if voice is not None and voice.person != who.person:
        raise Refused("taken")
    if voice is not None and voice.places == places:
        return []
    choice = sorted(cmd.choice) if isinstance(cmd.choice, list) else cmd.choice
    return [Answered(cmd.id, choice, who.unit if poll.per == "household" else None)]


@words.folds(Answered)
def _(room: Room, fact: Answered, entry: Entry) -> None:
    poll = room.get(Poll, fact.id)
    if poll is None:
        return
    head = entry.by if fact.unit is None else fact.unit
    counts, before = list(poll.counts), poll.voices.get(head)
    for place in before.places if before is not None else ():
        counts[place] -= 1
    voice = Voice(entry.by, places_of(poll, fact.choice))
    for place in voice.places:
        counts[place] += 1
    poll.voices[head] = voice
    room.put(msgspec.structs.replace(poll, counts=tuple(counts)))
    own = mine(room, entry.by)
    room.put(msgspec.structs.replace(own, choices=own.choices | {fact.id: fact.choice}))
