"""The past meeting of the sample, as the commands that made it: who gave which, at the demo's own times.

Given to a desk they make an ordinary record; nothing is written past the desk. What of the demo is no command
of a meeting is left out and listed in docs/decisions.
"""

import asyncio
import re
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from meetings import Room, Who
from meetings.masking import masked
from server.sample.cast import SECRETARY, Cast, ms, own_id, sample_person, system
from server.sample.programme import gaps, item_starts

MINUTE = 60_000
_ITEM_KINDS = {"qa": "questions", "speeches": "speech", "discussion": "explanation"}
_OUTCOME_KINDS = {"suggestion_adopted": "suggestion", "infeasible_explained": "explanation"}
_HIDE_REASONS = {"personal_attack": "rude"}
_REJECT_REASONS = {"advertising": "advert", "discloses_others_personal_information": "personal_data"}
_RESTORED = "经复核，这条评论没有违反规则，已经恢复。"
"""The demo tells that it was restored, not the moderator's words."""
_REMOVE_REASONS = {
    "repeated_characters": "other",
    "duplicate_within_30s": "duplicate",
    "duplicate_phrase（误报）": "duplicate",
    "advertising_link": "advert",
}
_NO_PLATE = frozenset({"proxy", "guardian"})
"""Roles of the vote after the meeting; nobody sits in a meeting with them."""
_TAKEN_UP = 30_000
"""A question is called this long before its answer begins: the host reads it out."""
_ANSWER_LASTS = 90_000
_AT_ONCE = 400


class Step(NamedTuple):
    """One command and who gives it; the time is in `who.at`."""

    who: Who
    command: dict[str, Any]


class Desks(Protocol):
    """What takes the commands (server/live/desk.py)."""

    async def give(
        self, record: str, command: dict[str, Any], who: Who, at: int | None = None
    ) -> dict[str, Any]: ...

    def reading(self, record: str) -> AbstractAsyncContextManager[Room]: ...


class NotTaken(Exception):
    """A command of the sample was refused: the sample no longer fits the rules."""


async def hold(desks: Desks, record: str, council: dict[str, Any]) -> None:
    """Hold the past meeting: give every command in its order. After a kill it goes on where the record ends.

    Raises NotTaken with the command and the answer when one is refused.
    """
    async with desks.reading(record) as room:
        reached = room.at
    steps = [step for step in script(council) if step.who.at >= reached]
    # Many at once share a commit; the desk keeps the order in which they are given.
    for begin in range(0, len(steps), _AT_ONCE):
        some = steps[begin : begin + _AT_ONCE]
        answers = await asyncio.gather(
            *(desks.give(record, step.command, step.who, step.who.at) for step in some)
        )
        for step, answer in zip(some, answers, strict=True):
            if not answer.get("ok"):
                raise NotTaken(f"{step.command}: {answer}")


def script(council: dict[str, Any]) -> list[Step]:
    """All commands in the order of their times."""
    cast = Cast(council)
    steps = [
        *_phases(council, cast),
        *_people(council, cast),
        *_agenda(council, cast),
        *_stream(council, cast),
        *_questions(council, cast),
        *_answers(council, cast),
        *_comments(council, cast),
        *_polls(council, cast),
        *_captions(council, cast),
        *_outcomes(council, cast),
        *_audience(council),
    ]
    return sorted(steps, key=lambda step: step.who.at)


def _step(who: Who, word: str, **fields: Any) -> Step:
    return Step(who, {"type": word, **fields})


def _start(council: dict[str, Any]) -> int:
    return ms(council["meeting"]["actual_start"])


def question_id(council: dict[str, Any], name: str) -> str:
    """The id under which a question of the demo stands in the record."""
    asked = next(one for one in council["questions"] if one["id"] == name)
    return own_id(name, ms(asked["at"]))


def item_id(name: str) -> str:
    """The id of an agenda item."""
    return own_id(name)


def comment_id(council: dict[str, Any], comment: dict[str, Any]) -> str:
    """The id of a comment."""
    return own_id(comment["id"], _start(council) + comment["offset_s"] * 1000)


def _phases(council: dict[str, Any], cast: Cast) -> Iterator[Step]:
    meeting = council["meeting"]
    times = {state["state"]: ms(state["at"]) for state in reversed(meeting["states"])}
    secretary, host = cast[SECRETARY], cast["P01"]
    units = {unit["id"]: unit["name"] for unit in council["responsible_units"]}
    guests = [one for one in council["participants"] if one["id"] in meeting["guests"]]
    yield _step(
        secretary.who(times["draft"]),
        "meeting.set",
        title=meeting["title"],
        number=meeting["code"],
        starts_at=ms(meeting["planned_start"]),
        planned_minutes=sum(item["planned_minutes"] for item in council["agenda"]),
        venue=meeting["venue"],
        convener=units["U01"],
        host=host.name,
        parties=[units["U01"], units["U02"], units["U03"], units["U04"]],
        attending=[f"{one['name']}（{one['badge']}）" for one in guests],
        review_questions="before",
        review_comments="after",
        watch="public",
        unproved_may_speak=True,
        publish_on=times["published"],
        notice=meeting["privacy_notice"],
        sample=True,
    )
    yield _step(secretary.who(times["announced"]), "meeting.announce")
    # Comments were published before they were read: that needs somebody at the desk.
    yield _step(cast["P02"].who(times["announced"]), "duty.begin")
    yield _step(host.who(times["lobby"]), "meeting.open_lobby")
    yield _step(host.who(_start(council)), "meeting.start")
    for begin, end in gaps(council):
        yield _step(host.who(_start(council) + begin * 1000), "meeting.pause", reason=meeting["pause_reason"])
        yield _step(host.who(_start(council) + end * 1000), "meeting.resume")
    yield _step(host.who(times["ended"]), "meeting.end")
    yield _step(secretary.who(times["published"]), "meeting.publish")


def _people(council: dict[str, Any], cast: Cast) -> Iterator[Step]:
    at = ms(council["meeting"]["states"][0]["at"])
    for one in council["participants"]:
        if one["role"] not in _NO_PLATE:
            yield _step(
                cast[SECRETARY].who(at),
                "person.appoint",
                person=cast.id_of(one["id"]),
                role=one["role"],
                name=one["name"],
                badge=one["badge"],
                title=masked(one["title"]),
            )


def _agenda(council: dict[str, Any], cast: Cast) -> Iterator[Step]:
    at = ms(council["meeting"]["states"][0]["at"])
    for item in council["agenda"]:
        yield _step(
            cast[SECRETARY].who(at),
            "agenda.add",
            id=item_id(item["id"]),
            kind=_ITEM_KINDS.get(item["kind"], item["kind"]),
            title=item["title"],
            minutes=item["planned_minutes"],
            lead=cast.id_of(item["lead"]),
        )
    for second, place in item_starts(council):
        at = _start(council) + second * 1000
        yield _step(cast["P01"].who(at), "agenda.open", id=item_id(council["agenda"][place]["id"]))


def _stream(council: dict[str, Any], cast: Cast) -> Iterator[Step]:
    technician, start = cast["P03"], _start(council)
    yield _step(technician.who(start), "stream.live")
    for begin, end in gaps(council):
        at = start + begin * 1000
        yield _step(technician.who(at), "stream.interrupt", cause=council["meeting"]["pause_reason"])
        yield _step(technician.who(start + end * 1000), "stream.live")
    # A moment before the meeting ends, which would end the picture by itself.
    yield _step(technician.who(ms(council["meeting"]["actual_end"]) - 1000), "stream.end")


def _questions(council: dict[str, Any], cast: Cast) -> Iterator[Step]:
    desk = cast["P02"]
    answers = {answer["id"]: answer for answer in council["answers"]}
    for asked in council["questions"]:
        at, decided = ms(asked["at"]), ms(asked["moderation"]["at"])
        own = question_id(council, asked["id"])
        kind = "report" if asked["status"] == "converted" else "ask"
        fields: dict[str, Any] = {"id": own, "kind": kind, "text": asked["text_raw"]}
        if asked["channel"] == "app":
            yield _step(cast[asked["alias"]].who(at), "question.ask", **fields)
        else:
            fields |= {"channel": "phone", "for_name": asked["alias"]}
            yield _step(desk.who(at), "question.ask", **fields)
        status, reason = asked["status"], asked["moderation"].get("reason", "")
        if status == "hidden":
            yield _step(desk.who(decided), "question.hide", id=own, reason=_HIDE_REASONS[reason])
        elif status == "rejected":
            by = system if asked["moderation"]["by"] == "auto" else desk.who
            yield _step(by(decided), "question.reject", id=own, reason=_REJECT_REASONS[reason])
            if asked["moderation"].get("warning_count"):
                notice = asked["moderation"]["notice_to_author"]
                person = cast.id_of(asked["alias"])
                yield _step(desk.who(decided), "person.warn", person=person, reason=notice)
        elif status == "merged":
            # The demo counts support for it, so it stood in the queue before it was put under the other.
            seen = decided - MINUTE // 2
            yield _step(desk.who(seen), "question.approve", id=own)
            yield from _supports(asked, own, seen, decided)
            into = question_id(council, asked["merged_into"])
            yield _step(desk.who(decided), "question.merge", id=own, into=into)
        else:
            answer = answers[asked["answer"]]
            yield _step(desk.who(decided), "question.approve", id=own)
            yield from _supports(asked, own, decided, ms(answer["at"]) - _TAKEN_UP)
            if answer["by"] != "P01":
                yield _step(desk.who(decided), "question.assign", id=own, to=cast.id_of(answer["by"]))


def _supports(asked: dict[str, Any], own: str, begin: int, end: int) -> Iterator[Step]:
    """As many persons as the demo counts, evenly spread; the same first ones each time, so that merging adds none."""
    for number in range(1, asked["upvotes"] + 1):
        at = begin + (end - begin) * number // (asked["upvotes"] + 1)
        yield _step(sample_person(number, at), "question.upvote", id=own, on=True)


def _answers(council: dict[str, Any], cast: Cast) -> Iterator[Step]:
    desk = cast["P02"]
    given = sorted(council["answers"], key=lambda answer: ms(answer["at"]))
    start = _start(council)
    stops = [ms(answer["at"]) - _TAKEN_UP for answer in given[1:]] + [ms(council["meeting"]["actual_end"])]
    for answer, following in zip(given, stops, strict=True):
        at = ms(answer["at"])
        pauses = [start + begin * 1000 for begin, _ in gaps(council) if start + begin * 1000 > at]
        stop = min(at + _ANSWER_LASTS, following - 3000, *(pause - 3000 for pause in pauses))
        question = question_id(council, answer["question"])
        own = own_id(answer["id"], at)
        person = cast[answer["by"]]
        yield _step(desk.who(at - _TAKEN_UP), "question.call", id=question)
        yield _step(desk.who(at), "answer.start", id=own, question=question, by=person.id)
        yield _step(desk.who(stop), "answer.stop", id=own)
        yield _step(desk.who(stop + 1000), "question.finish", id=question)
        cites = [cite for text in answer["cites"] for cite in _cites(text)]
        words = {"text": answer["text"], "cites": cites}
        yield _step(desk.who(stop + 1000), "answer.correct", id=own, **words)
        if (
            next(one for one in council["questions"] if one["answer"] == answer["id"])["status"]
            == "converted"
        ):
            yield _step(desk.who(stop + 2000), "question.convert", id=question)


def _cites(text: str) -> Iterator[dict[str, str]]:
    """A citation of the demo as law and article; one that names two articles gives two."""
    law, _, articles = text.partition("第")
    for article in re.split("、", "第" + articles):
        yield {"law": law.strip(), "article": article}


def _comments(council: dict[str, Any], cast: Cast) -> Iterator[Step]:
    desk, start = cast["P02"], _start(council)
    for comment in council["comments"]:
        own, at = comment_id(council, comment), start + comment["offset_s"] * 1000
        author = cast[comment["alias"]]
        yield _step(author.who(at), "comment.post", id=own, text=comment["text_raw"])
        history = comment.get("moderation_history") or [comment["moderation"] or {"action": "none"}]
        for done in history:
            when = start + done.get("at_offset_s", 0) * 1000
            by = desk.who(when) if done.get("by") == "P02" else system(when)
            match done["action"]:
                case "held" | "removed" | "auto_removed":
                    reason = _REMOVE_REASONS[done.get("rule") or done["reason"]]
                    yield _step(by, "comment.remove", id=own, reason=reason)
                case "appealed":
                    yield _step(author.who(when), "comment.appeal", id=own, text=done["text"])
                case "restored_on_appeal":
                    yield _step(by, "comment.decide", id=own, outcome="upheld", answer=_RESTORED)


def _polls(council: dict[str, Any], cast: Cast) -> Iterator[Step]:
    host = cast["P01"]
    for poll in council["polls"]:
        opened, closed = ms(poll["opened_at"]), ms(poll["closed_at"])
        own = own_id(poll["id"], opened)
        drafted = host.who(opened - MINUTE)
        fields = {"question": poll["question"], "options": poll["options"], "per": "person", "live": False}
        yield _step(drafted, "poll.draft", id=own, **fields)
        yield _step(host.who(opened), "poll.open", id=own)
        choices = _mixed(poll["counts"])
        for number, choice in enumerate(choices, 1):
            at = opened + (closed - opened) * number // (len(choices) + 1)
            yield _step(sample_person(number, at), "poll.answer", id=own, choice=choice)
        yield _step(host.who(closed), "poll.close", id=own)


def _mixed(counts: list[int]) -> list[int]:
    """Every choice as often as it was counted, spread over the time as people answer: none all at once."""
    places = [
        ((number + 0.5) / count, choice) for choice, count in enumerate(counts) for number in range(count)
    ]
    return [choice for _, choice in sorted(places)]


def _captions(council: dict[str, Any], cast: Cast) -> Iterator[Step]:
    technician, start = cast["P03"], _start(council)
    pauses = gaps(council)
    for line in council["transcript"]:
        said = start + line["offset_s"] * 1000
        own = own_id(line["id"], said)
        # Written once the picture was back: the note on the gap tells when it ended.
        typed = next((end for begin, end in pauses if begin <= line["offset_s"] < end), line["offset_s"])
        at = start + typed * 1000
        corrected = line["source"] == "corrected"
        # The demo keeps only what stands now; the first text is the same without the marks a quick hand leaves out.
        text = re.sub("[，。、：；]", "", line["text"]) if corrected else line["text"]
        speaker = cast.id_of(line["speaker"])
        yield _step(technician.who(at), "caption.say", id=own, text=text, speaker=speaker, at=said)
        if corrected:
            editor = cast[line["edited_by"]]
            yield _step(editor.who(at + MINUTE // 2), "caption.correct", id=own, text=line["text"])


def _outcomes(council: dict[str, Any], cast: Cast) -> Iterator[Step]:
    desk = cast["P02"]
    tasks = {task["id"]: task for task in council["tasks"]}
    units = {unit["id"]: unit["name"] for unit in council["responsible_units"]}
    items = {item["id"]: item for item in council["agenda"]}
    explained = {one["id"]: one["explained_at"] for one in council["submissions"] if "explained_at" in one}
    for made in council["decisions"]:
        if made["basis"].startswith("MO"):
            continue
        # The basis is an agenda item, or the submission that was explained while one was open.
        item = made["basis"] if made["basis"] in items else "AG5"
        latest = ms(items[item]["planned_start"]) + (items[item]["planned_minutes"] - 1) * MINUTE
        at = ms(explained[made["basis"]]) if made["basis"] in explained else latest
        for part, (text, task) in enumerate(_parts(made, tasks)):
            fields: dict[str, Any] = {"text": text, "item": item_id(item)}
            if task is not None:
                fields |= {"responsible": units[task["responsible_unit"]], "until": ms(task["deadline"])}
            kind = _OUTCOME_KINDS.get(made["kind"], made["kind"])
            own = own_id(f"{made['id']}.{part}", at)
            yield _step(desk.who(at), "outcome.record", id=own, kind=kind, **fields)
    closing = ms(items["AG10"]["planned_start"]) + MINUTE
    text = next(line for line in council["minutes"]["body"] if line.startswith("两项议案"))
    fields = {"kind": "resolution", "text": text, "item": item_id("AG10"), "responsible": units["U02"]}
    yield _step(desk.who(closing), "outcome.record", id=own_id("resolution", closing), **fields)


def _parts(made: dict[str, Any], tasks: dict[str, Any]) -> list[tuple[str, dict[str, Any] | None]]:
    """The outcomes one decision of the demo becomes: what names two persons or two terms becomes two."""
    text = f"{made['title']}：{made['text']}"
    if made["kind"] == "commitment":
        promise, _, promised = made["text"].rstrip("。").partition("：")
        return [
            (f"{promise}：{part}。", tasks[task])
            for part, task in zip(promised.split("；"), made["tasks"], strict=True)
        ]
    if made["kind"] == "suggestion_adopted":
        first, second, adopted = re.split("[；。]", made["text"].rstrip("。"))
        return [(f"{first}。{adopted}。", None), (f"{second}。{adopted}。", tasks[made["tasks"][0]])]
    for dissent in made.get("dissent", []):
        text += f"保留意见（业主{dissent['household_id']}）：{dissent['text']}"
    return [(text, tasks[made["tasks"][0]])]


def _audience(council: dict[str, Any]) -> Iterator[Step]:
    """The running totals, written when each stretch of the demo's table was over, the last at the end."""
    start, end = _start(council), ms(council["meeting"]["actual_end"])
    stats, table = council["meeting"]["stats"], council["reactions"]
    online = sum(row["online"] for row in table)
    applause = seen = peak = 0
    for row, following in zip(table, [*table[1:], None], strict=True):
        applause, seen, peak = applause + row["likes"], seen + row["online"], max(peak, row["online"])
        at = start + following["minute"] * MINUTE if following else end
        # The demo has no running number of different viewers: it grows here as those online do.
        unique = stats["viewers_unique"] * seen // online
        yield _step(system(at), "audience.count", applause=applause, unique=unique, peak=peak)


def started(council: dict[str, Any]) -> datetime:
    """When the past meeting began: the second 0 of its recording."""
    return datetime.fromisoformat(council["meeting"]["actual_start"])
