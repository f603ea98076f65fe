"""Writes a new golden record: `python3 -m tests.golden.make NAME`. Refuses to write over one that is there.

A golden record stays as it was made. When a noun changes what it shows, the room beside it is made anew with
`--room NAME`, and the change is looked at; the record itself never is.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import msgspec

import meetings
from meetings import Entry, Eye, Room
from meetings.kernel import word_of
from tests.meetings.cast import (
    DAY,
    DING_YONGKANG,
    JIA_YIMING,
    LAO_LIU,
    LIU_TING,
    MA_ZHICHENG,
    MINUTE,
    NA_WENHUI,
    PLATFORM,
    RECORD,
    SHI_LAN,
    SU_MIN,
    TIAN_XIULAN,
    Council,
    live,
    uid,
)

HERE = Path(__file__).parent


def council() -> Council:
    """A short council with something of every noun."""
    held = live().given(SU_MIN, "agenda.open", id=uid(1)).given(PLATFORM, "stream.live")
    held.given(TIAN_XIULAN, "question.ask", id=uid(10), kind="ask", text="换物业要多少户同意？")
    held.given(
        MA_ZHICHENG, "question.ask", id=uid(11), kind="ask", text="要几户同意才能换物业？我电话13800138000"
    )
    held.given(LAO_LIU, "question.ask", id=uid(12), kind="report", text="3号楼1单元501室漏水")
    held.given(LAO_LIU, "question.upvote", id=uid(10)).given(LAO_LIU, "question.upvote", id=uid(11))
    held.given(LIU_TING, "question.merge", id=uid(11), into=uid(10)).later(MINUTE)
    held.given(SU_MIN, "question.call", id=uid(10))
    held.given(LIU_TING, "answer.start", id=uid(20), question=uid(10), by=NA_WENHUI.id, verb="explain").later(
        MINUTE
    )
    held.given(JIA_YIMING, "caption.say", id=uid(30), text="三分之二参与，过半同意。", speaker=NA_WENHUI.id)
    held.given(LIU_TING, "caption.correct", id=uid(30), text="面积、人数都要三分之二参与，都要过半同意。")
    held.given(
        LIU_TING, "answer.start", id=uid(21), question=uid(10), by=DING_YONGKANG.id, verb="advise"
    ).later(MINUTE)
    held.given(LIU_TING, "question.finish", id=uid(10)).given(LIU_TING, "question.convert", id=uid(12))
    held.given(TIAN_XIULAN, "comment.post", id=uid(40), text="听明白了")
    held.given(LAO_LIU, "comment.post", id=uid(41), text="胡说").given(
        LIU_TING, "comment.remove", id=uid(41), reason="rude"
    )
    held.given(SU_MIN, "poll.draft", id=uid(50), question="你倾向怎么做？", options=["换", "再看看"])
    held.given(SU_MIN, "poll.open", id=uid(50)).given(LAO_LIU, "poll.answer", id=uid(50), choice=0)
    held.given(MA_ZHICHENG, "poll.answer", id=uid(50), choice=1).given(SU_MIN, "poll.close", id=uid(50))
    reserved = [{"name": "孟庆和", "text": "希望再等三个月。"}]
    text = "依法公开选聘。"
    held.given(LIU_TING, "outcome.record", id=uid(60), kind="consensus", text=text, reservations=reserved)
    held.given(PLATFORM, "audience.count", applause=7300, unique=1600, peak=612)
    held.given(TIAN_XIULAN, "question.ask", id=uid(13), kind="suggest", text="请公开账目。").later(MINUTE)
    held.given(SU_MIN, "meeting.end").later(DAY)
    held.given(NA_WENHUI, "answer.write", id=uid(22), question=uid(13), text="应当公开。", cites=[])
    return held.given(SHI_LAN, "meeting.publish")


def line(entry: Entry) -> dict[str, Any]:
    """One line of the file."""
    data = msgspec.to_builtins(entry.fact)
    return {"seq": entry.seq, "at": entry.at, "by": entry.by, "type": word_of(type(entry.fact)), "data": data}


def replayed(lines: list[str]) -> Room:
    """The room of a golden record."""
    room = meetings.new_room(RECORD)
    for text in lines:
        told = json.loads(text)
        fact = meetings.words.fact(told["type"], json.dumps(told["data"]).encode())
        room.apply(Entry(told["seq"], told["at"], told["by"], fact))
    return room


def public(room: Room) -> str:
    """The public room as it is stored beside the record."""
    return json.dumps(room.patch(0, Eye.PUBLIC), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    *anew, name = sys.argv[1:]
    record, room_file = HERE / f"{name}.jsonl", HERE / f"{name}.room.json"
    if not anew:
        assert not record.exists(), f"{record} is golden: choose another name"
        lines = [json.dumps(line(entry), ensure_ascii=False) for entry in council().entries]
        record.write_text("\n".join(lines) + "\n")
    room_file.write_text(public(replayed(record.read_text().splitlines())))
