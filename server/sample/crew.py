"""The simulated staff of a demo: opens the meeting, keeps the queue moving, answers, types captions.

Works through the same door as everybody, and slowly, so that whoever looks on can do it first. Once a person at a
real screen ends the meeting, the crew goes home.
"""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

from server.ids import new_id
from server.sample.evening import QUESTIONS, SAME
from server.sample.programme import loop_programme, read_council
from server.sample.visitor import Visitor

log = logging.getLogger(__name__)

REVIEW_SECONDS = 4.0
"""How long a question waits before the crew lets it in: a person at the desk may be quicker."""
BETWEEN_SECONDS = 12.0
ANSWER_SECONDS = 28.0
ITEM_SECONDS = 40.0
POLL_AFTER_SECONDS, POLL_SECONDS = 150.0, 120.0
GOING = frozenset({"announced", "lobby", "live", "paused"})


@dataclass(frozen=True)
class Crew:
    """The staff, each with a link of their own already entered."""

    host: Visitor
    moderator: Visitor
    technician: Visitor
    answerers: tuple[Visitor, ...]

    async def work(self, loop_seconds: int) -> None:
        """Open the meeting and keep it going until somebody ends it."""
        for visitor in (self.host, self.moderator, self.technician, *self.answerers):
            await visitor.arrive()
        await _given(self.host, "meeting.open_lobby")
        await _given(self.host, "meeting.start")
        jobs = (self._agenda(), self._review(), self._answer(), self._poll(), self._captions(loop_seconds))
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(job) for job in jobs]
            while self.going:  # noqa: ASYNC110 - what ends it is a patch to the room, not an event of ours
                await asyncio.sleep(0.5)
            for task in tasks:
                task.cancel()

    @property
    def going(self) -> bool:
        """Whether the meeting is still to be kept going."""
        return (self.host.room.get("meeting") or {}).get("phase") in GOING

    async def _agenda(self) -> None:
        while self.going:
            items = sorted(self.host.all("agenda_item"), key=lambda item: item["position"])
            waiting = [item for item in items if item["state"] == "waiting"]
            asking = any(item["state"] == "open" and item["kind"] == "questions" for item in items)
            # Questions are what there is to see: the crew stays with them.
            if waiting and not asking:
                await _given(self.host, "agenda.open", id=waiting[0]["id"])
            await asyncio.sleep(ITEM_SECONDS if not asking else 5.0)

    async def _review(self) -> None:
        """Let in what waits, and put the same under the same."""
        seen: dict[str, float] = {}
        clock = asyncio.get_running_loop()
        same = {QUESTIONS[later]: QUESTIONS[earlier] for earlier, later in SAME}
        while self.going:
            for question in self.moderator.all("question"):
                own = question["id"]
                if question["state"] != "pending_review":
                    continue
                if clock.time() - seen.setdefault(own, clock.time()) < REVIEW_SECONDS:
                    continue
                earlier = self._found(same.get(question["text"]))
                if earlier is not None and earlier["id"] != own:
                    await _given(self.moderator, "question.merge", id=own, into=earlier["id"])
                else:
                    await _given(self.moderator, "question.approve", id=own)
            await asyncio.sleep(1.0)

    def _found(self, text: str | None) -> dict[str, Any] | None:
        shown = [
            one for one in self.moderator.all("question") if one["state"] in {"queued", "on_air", "answered"}
        ]
        return next((one for one in shown if one["text"] == text), None)

    async def _answer(self) -> None:
        """Take up the first of the queue, have somebody answer it, and finish it."""
        turn = 0
        while self.going:
            await asyncio.sleep(BETWEEN_SECONDS)
            order = (self.moderator.room.get("queue") or {}).get("order") or []
            talking = any(one["state"] == "on_air" for one in self.moderator.all("question"))
            if len(order) < 2 or talking:
                continue
            by = self.answerers[turn % len(self.answerers)]
            turn += 1
            own, answer = order[0], new_id()
            if not await _given(self.moderator, "question.call", id=own):
                continue
            await asyncio.sleep(3.0)
            await _given(by, "answer.start", id=answer, question=own, by=by.me["person"])
            await asyncio.sleep(ANSWER_SECONDS)
            await _given(by, "answer.stop", id=answer)
            await _given(self.moderator, "question.finish", id=own)

    async def _poll(self) -> None:
        """Open the prepared poll once, and close it."""
        await asyncio.sleep(POLL_AFTER_SECONDS)
        drafts = [poll for poll in self.moderator.all("poll") if poll["state"] == "draft"]
        if drafts and self.going:
            await _given(self.moderator, "poll.open", id=drafts[0]["id"])
            await asyncio.sleep(POLL_SECONDS)
            await _given(self.moderator, "poll.close", id=drafts[0]["id"])

    async def _captions(self, loop_seconds: int) -> None:
        """Type what the loop says, when it has said it."""
        lines = loop_programme(read_council(), loop_seconds).lines
        plates = {person["name"]: person["id"] for person in self.technician.all("person")}
        names = {one["id"]: one["name"] for one in read_council()["participants"]}
        clock = asyncio.get_running_loop()
        begin = clock.time()
        rounds = 0
        while self.going:
            for line in lines:
                said = begin + rounds * loop_seconds + line.at + 6
                await asyncio.sleep(max(0.0, said - clock.time()))
                if not self.going:
                    return
                speaker = plates.get(names[line.speaker])
                who = {"speaker": speaker} if speaker else {"speaker_name": names[line.speaker]}
                await _given(self.technician, "caption.say", id=new_id(), text=line.text, **who)
            rounds += 1


async def _given(visitor: Visitor, word: str, **fields: Any) -> bool:
    """Give a command; a refusal is noted and passed over, since somebody at a screen may have been first."""
    if not visitor.here:
        try:
            await visitor.arrive()
        except Exception as error:
            log.info("the sample's %s cannot come back: %s", visitor.me.get("name"), error)
            return False
    answer = await visitor.do(word, **fields)
    if not answer.get("ok"):
        log.info("%s of the sample was refused: %s", word, answer.get("code"))
    return bool(answer.get("ok"))
