"""What remains of a council: every reading of a finished record, and that nothing private is among them."""

import itertools
import json
from pathlib import Path

import msgspec
import pytest

from meetings import Entry, Room, Who, archive, new_room
from meetings.kernel import SYSTEM

MINUTE = 60_000
START = 1_778_931_060_000
COUNCIL = json.loads((Path(__file__).parents[2] / "server/sample/council.json").read_text("utf-8"))
NEVER_PUBLIC = COUNCIL["expected"]["never_public"]


class Sitting:
    """A council held for a test: commands go in as over the wire, lines are kept as the store would keep them."""

    def __init__(self) -> None:
        self.room: Room = new_room("meeting:test")
        self.entries: list[Entry] = []
        self.at = START - 120 * MINUTE
        self.ids = itertools.count(1)

    def id(self) -> str:
        return f"019e0000-0000-7000-8000-{next(self.ids):012d}"

    def give(self, person: str, word: str, /, **fields) -> None:
        named = (
            {"resident"}
            if person.startswith("r")
            else {"secretary", "host", "admin"}
            if person == "su"
            else set()
        )
        who = Who(
            person,
            self.at,
            frozenset(named),
            labels={"real": f"姓{person}", "building": f"3号楼{person}", "anonymous": "匿名"},
            unit=person if named == {"resident"} else None,
        )
        for fact in self.room.decide(self.room.words.command({"type": word, **fields}), who):
            entry = Entry(self.room.seq + 1, self.at, person, fact)
            self.room.apply(entry)
            self.entries.append(entry)
        self.at += 1_000

    def read(self) -> archive.Archive:
        return archive.read(self.room, self.entries)


def figure(read: archive.Archive, key: str) -> archive.Figure:
    return next(one for one in read.statistics if one.key == key)


@pytest.fixture
def sitting() -> Sitting:
    """A council that has begun: two agenda items, a moderator, a lawyer."""
    held = Sitting()
    settings = {"title": "换物业", "starts_at": START, "venue": "议事厅", "notice": "归档公开"}
    held.give(
        "su", "meeting.set", **settings, review_questions="after", review_comments="after", lobby_minutes=None
    )
    held.give("su", "person.appoint", person="mo", role="moderator", name="柳婷")
    held.give("mo", "duty.begin")
    held.give("su", "person.appoint", person="la", role="lawyer", name="纳文慧", badge="律师")
    held.items = [held.id(), held.id()]
    for own_id, kind in zip(held.items, ("briefing", "questions"), strict=True):
        held.give("su", "agenda.add", id=own_id, kind=kind, title=f"{kind}项", minutes=10)
    held.give("su", "meeting.announce")
    held.give("su", "meeting.open_lobby")
    held.at = START
    held.give("su", "meeting.start")
    return held


def ask(held: Sitting, person: str, text: str) -> str:
    own_id = held.id()
    held.give(person, "question.ask", id=own_id, kind="ask", text=text)
    return own_id


def say(held: Sitting, person: str, text: str) -> str:
    own_id = held.id()
    held.give(person, "comment.post", id=own_id, text=text)
    return own_id


def test_chapters_follow_the_agenda_and_the_questions_taken_up(sitting):
    sitting.give("su", "agenda.open", id=sitting.items[0])
    asked = ask(sitting, "r1", "要多少户同意？")
    sitting.at = START + 10 * MINUTE
    sitting.give("su", "agenda.open", id=sitting.items[1])
    sitting.give("mo", "question.call", id=asked)
    sitting.give("mo", "question.finish", id=asked)
    sitting.give("su", "meeting.end")

    told = [(one.kind, one.id, (one.at - START) // 1_000) for one in sitting.read().chapters]

    assert told == [
        ("agenda", sitting.items[0], 1),
        ("agenda", sitting.items[1], 600),
        ("question", asked, 601),
    ]
    first, second, question = sitting.read().chapters
    ended = sitting.entries[-1].at
    assert (first.until, second.until, question.until) == (START + 10 * MINUTE, ended, ended)


def test_a_question_handed_back_after_it_was_called_is_no_chapter(sitting):
    asked = ask(sitting, "r1", "骂人的话")
    sitting.give("mo", "question.call", id=asked)
    sitting.give("mo", "question.put_back", id=asked)
    sitting.give("mo", "question.hide", id=asked, reason="rude")

    assert sitting.read().chapters == []


def test_every_comment_is_kept_even_when_the_room_has_long_let_it_go(sitting):
    posted = [say(sitting, f"r{n}", f"第{n}句") for n in range(350)]
    sitting.give("mo", "comment.remove", id=posted[0], reason="rude")
    sitting.give("mo", "comment.remove", id=posted[349], reason="advert")
    sitting.give("r5", "comment.delete", id=posted[5])

    read = sitting.read()

    assert len(read.comments) == 347
    assert [one.text for one in read.comments[:3]] == ["第1句", "第2句", "第3句"]
    assert (
        figure(read, "comments").value
        == 350
        == sum(type(entry.fact).__struct_config__.tag == "comment.posted" for entry in sitting.entries)
    )
    assert figure(read, "comments").parts == {"deleted": 1, "removed": 2, "visible": 347}


def test_questions_are_counted_by_what_became_of_them(sitting):
    asked = [ask(sitting, f"r{n}", f"问题{n}") for n in range(6)]
    sitting.give("mo", "question.merge", id=asked[1], into=asked[0])
    sitting.give("mo", "question.hide", id=asked[2], reason="rude")
    sitting.give("mo", "question.reject", id=asked[3], reason="advert")
    sitting.give("r4", "question.withdraw", id=asked[4])
    sitting.give("su", "meeting.end")

    parts = figure(sitting.read(), "questions").parts

    assert parts == {"deferred": 2, "hidden": 1, "merged": 1, "rejected": 1, "withdrawn": 1}


def test_support_of_a_merged_question_counts_once_a_person(sitting):
    one, other = ask(sitting, "r1", "一"), ask(sitting, "r2", "二")
    for person in ("r3", "r4"):
        sitting.give(person, "question.upvote", id=one)
    sitting.give("r3", "question.upvote", id=other)
    sitting.give("mo", "question.merge", id=other, into=one)

    read = sitting.read()

    assert figure(read, "supports").value == 2
    (matter,) = read.questions
    assert matter.votes == 2
    assert [like.number for like in matter.likes] == [2]


def test_what_the_desk_did_is_counted_by_reason_and_nobody_is_named(sitting):
    first, second = ask(sitting, "r1", "骂人的话甲"), ask(sitting, "r2", "骂人的话乙")
    for own_id in (first, second):
        sitting.give("mo", "question.hide", id=own_id, reason="rude")
    sitting.give("mo", "comment.remove", id=say(sitting, "r3", "卖保险"), reason="advert")
    sitting.give("mo", "person.warn", person="r3", reason="请王某某不要再发广告")

    read = sitting.read()

    told = {(one.act, one.reason): one.count for one in read.moderation}
    assert told == {
        ("comment.removed", "advert"): 1,
        ("person.warned", None): 1,
        ("question.hidden", "rude"): 2,
    }
    text = msgspec.json.encode(read).decode()
    for word in ("骂人的话", "卖保险", "王某某", '"r3"'):
        assert word not in text


def test_the_transcript_is_whole_in_order_and_keeps_no_first_text(sitting):
    late = sitting.id()
    for n in range(401):
        sitting.give("su", "caption.say", id=sitting.id() if n else late, text=f"第{n}句", speaker="la")
    sitting.give("su", "caption.correct", id=late, text="更正后")

    lines = sitting.read().transcript

    assert len(lines) == 401
    assert (lines[0].text, lines[0].corrected, lines[0].name, lines[0].role) == (
        "更正后",
        True,
        "纳文慧",
        "lawyer",
    )
    assert "第0句" not in msgspec.json.encode(lines).decode()


def test_what_was_said_while_the_picture_was_held_back_is_not_told(sitting):
    sitting.give(SYSTEM, "stream.live")
    sitting.give("su", "caption.say", id=sitting.id(), text="先说的")
    sitting.give("su", "stream.hold", cause="有人晕倒")
    sitting.give("su", "caption.say", id=sitting.id(), text="不公开的")
    sitting.give("su", "stream.resume")
    sitting.give("su", "caption.say", id=sitting.id(), text="后说的")

    read = sitting.read()

    assert [line.text for line in read.transcript] == ["先说的", "后说的"]
    assert [(cut.kind, cut.cause, (cut.until or 0) - cut.at) for cut in read.cuts] == [
        ("held", "有人晕倒", 2_000)
    ]
    assert figure(read, "without_picture").value == 2_000


def test_what_the_disk_did_not_take_is_listed_and_is_no_lack_of_picture(sitting):
    sitting.give(SYSTEM, "stream.live")
    sitting.give(SYSTEM, "stream.record", on=False)
    sitting.at += 9_000
    sitting.give(SYSTEM, "stream.record", on=True)

    read = sitting.read()

    assert [(cut.kind, (cut.until or 0) - cut.at) for cut in read.cuts] == [("unrecorded", 10_000)]
    assert figure(read, "without_picture").value == 0


def test_overlapping_breaks_are_counted_once(sitting):
    sitting.give(SYSTEM, "stream.live")
    sitting.give(SYSTEM, "stream.interrupt")
    sitting.at += 9_000
    sitting.give("su", "meeting.pause", reason="推流中断")
    sitting.at += 9_000
    sitting.give(SYSTEM, "stream.live")
    sitting.at += 4_000
    sitting.give("su", "meeting.resume")

    assert figure(sitting.read(), "without_picture").value == 25_000


def test_the_audience_is_the_highest_that_was_written_down(sitting):
    sitting.give(SYSTEM, "audience.count", applause=5, unique=3, peak=2)
    sitting.give(SYSTEM, "audience.count", applause=2140, unique=612, peak=233)

    read = sitting.read()

    assert [figure(read, key).value for key in ("viewers", "peak", "applause")] == [612, 233, 2140]


def test_a_poll_still_being_prepared_is_not_in_the_archive(sitting):
    shown, hidden = sitting.id(), sitting.id()
    sitting.give("su", "poll.draft", id=shown, question="您倾向怎么做？", options=["续签", "换"])
    sitting.give("su", "poll.draft", id=hidden, question="没开过的", options=["甲", "乙"])
    sitting.give("su", "poll.open", id=shown)
    for n in range(3):
        sitting.give(f"r{n}", "poll.answer", id=shown, choice=1 if n else 0)
    sitting.give("su", "meeting.end")

    (poll,) = sitting.read().polls

    assert (poll.counts, poll.voters) == ([1, 2], 3)


def test_the_lines_of_the_record_tell_number_role_and_word_and_no_person(sitting):
    ask(sitting, "r1", "要多少户同意？")
    acts = sitting.read().acts

    assert [act.seq for act in acts] == list(range(1, len(acts) + 1))
    assert (acts[-1].role, acts[-1].word) == ("resident", "question.asked")
    assert "r1" not in msgspec.json.encode(acts).decode()


def test_no_string_that_must_stay_private_is_in_any_reading(sitting):
    raw = [one["text_raw"] for one in (*COUNCIL["questions"], *COUNCIL["comments"])]
    assert any(secret in text for secret in NEVER_PUBLIC for text in raw)
    for n, text in enumerate(raw):
        asked = ask(sitting, f"r{n}", text[:200])
        sitting.give("mo", "question.call", id=asked)
        sitting.give("mo", "question.finish", id=asked)
        say(sitting, f"r{n}", text[:200])
        sitting.give("su", "caption.say", id=sitting.id(), text=text)
    sitting.give("su", "meeting.end")

    read = msgspec.json.encode(sitting.read()).decode()

    assert len(json.loads(read)["comments"]) == len(raw)
    for secret in NEVER_PUBLIC:
        assert secret not in read


def test_an_answer_nobody_wrote_down_is_read_from_the_transcript(sitting):
    asked = ask(sitting, "r1", "要多少户同意？")
    sitting.give("mo", "question.call", id=asked)
    sitting.give("mo", "caption.say", id=sitting.id(), text="请律师回答。", speaker="mo")
    answer = sitting.id()
    sitting.give("mo", "answer.start", id=answer, question=asked, by="la")
    sitting.give("mo", "caption.say", id=sitting.id(), text="分两步看。", speaker="la")
    sitting.give("mo", "caption.say", id=sitting.id(), text="请大家安静。", speaker="mo")
    sitting.give("mo", "caption.say", id=sitting.id(), text="先看参与。", speaker="la")
    sitting.give("mo", "answer.stop", id=answer)
    sitting.give("mo", "question.finish", id=asked)

    ((reply,),) = (matter.answers for matter in sitting.read().questions)

    assert (reply.text, reply.heard, reply.written, reply.role) == (
        "分两步看。先看参与。",
        True,
        False,
        "lawyer",
    )
