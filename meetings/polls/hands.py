"""Hands raised in the hall, counted by two people who do not see each other's numbers.

Where they agree, the numbers stand in a column of their own; where they differ, both count again. They are never
added to what came over the phones.
"""

from __future__ import annotations

import msgspec

from meetings.kernel import Command, Entry, Fact, Refused, Room, Who
from meetings.meeting import TALKING
from meetings.people import STAFF, mine, words
from meetings.polls.card import Count, Poll

COUNTERS = STAFF | {"grid_keeper", "tally_supervisor"}
HANDS_MOST = 5_000
"""More than any hall of a community holds."""
ROUNDS_MOST = 20


class CountHands(Command, frozen=True, tag="poll.count_hands"):
    """Type the hands I counted in the hall, one number an option, in this round (from 1).

    The column stands once a second person has typed the same in the same round; where the two differ, the next round
    is asked of both. Typing again before the other corrects mine; a round after one that agreed counts anew.
    `present` is how many could raise their hands, asked where one may choose several. Staff, grid keepers and
    supervisors of the count may, while the meeting runs.
    """

    may, when = COUNTERS, TALKING
    id: str
    round: int
    hands: list[int]
    present: int | None = None


class HandsCounted(Fact, frozen=True, tag="poll.hands_counted"):
    id: str
    round: int
    hands: list[int]
    present: int | None = None


@words.decides(CountHands)
def _(room: Room, cmd: CountHands, who: Who) -> list[Fact]:
    poll = room.get(Poll, cmd.id)
    if poll is None or not poll.was_opened:
        raise Refused("not_found")
    _check(poll, cmd)
    if not 1 <= cmd.round <= poll.round:
        raise Refused("unclear", field="round")
    typed = poll.rounds[cmd.round - 1] if cmd.round <= len(poll.rounds) else ()
    if Count(who.person, tuple(cmd.hands), cmd.present) in typed:
        return []
    if cmd.round < poll.round:
        raise Refused("wrong_state", round=poll.round)
    if cmd.round > ROUNDS_MOST:
        raise Refused("too_large", limit=ROUNDS_MOST, field="round")
    return [HandsCounted(cmd.id, cmd.round, cmd.hands, cmd.present)]


def _check(poll: Poll, cmd: CountHands) -> None:
    """Refuse numbers no hall can show."""
    if len(cmd.hands) != len(poll.options) or any(count < 0 for count in cmd.hands):
        raise Refused("unclear", field="hands")
    if max(cmd.hands) > HANDS_MOST:
        raise Refused("too_large", limit=HANDS_MOST, field="hands")
    if poll.sort != "multiple":
        if cmd.present is not None:
            raise Refused("unclear", field="present")
        return
    if cmd.present is None or cmd.present < 0:
        raise Refused("unclear", field="present")
    if cmd.present > HANDS_MOST:
        raise Refused("too_large", limit=HANDS_MOST, field="present")
    if max(cmd.hands) > cmd.present or sum(cmd.hands) > cmd.present * poll.most:
        raise Refused("unclear", field="hands")


@words.folds(HandsCounted)
def _(room: Room, fact: HandsCounted, entry: Entry) -> None:
    poll = room.get(Poll, fact.id)
    if poll is None:
        return
    count = Count(entry.by, tuple(fact.hands), fact.present)
    earlier, typed = poll.rounds[: fact.round - 1], poll.rounds[fact.round - 1 :]
    others = tuple(one for round_ in typed[:1] for one in round_ if one.person != entry.by)
    room.put(msgspec.structs.replace(poll, rounds=(*earlier, (*others, count))))
    own = mine(room, entry.by)
    room.put(msgspec.structs.replace(own, counted=own.counted | {fact.id: fact.round}))
