"""The moderation ledger over HTTP and on pages: the same counts everywhere, words for all of them, and nothing else."""

from __future__ import annotations

import csv
import io
from collections import Counter

import pytest

from meetings import ledger
from meetings.kernel import word_of
from meetings.questions import RESULTS
from server.web import language
from server.web.ledger import in_words
from tests.server.conftest import uuid7
from tests.server.hall import SIGNS, ask, cookie_of
from tests.town import Town

SAID = "这件事到底归谁管"
ANSWER = "已经报修，有事打13800138000。"
COVERED = "已经报修，有事打138****8000。"


@pytest.mark.parametrize("lang", language.LANGUAGES)
def test_everything_that_is_counted_has_its_words(lang: str) -> None:
    keys = [f"ledger-act-{act.replace('.', '-')}" for act in ledger.ACTS]
    keys += [f"ledger-fate-{fate}" for fate in ledger.FATES]
    keys += [f"ledger-why-{reason}" for reason in ledger.REASONS]
    assert not [key for key in keys if not language.has(lang, key)]
    assert set(RESULTS) <= ledger.REASONS


async def test_the_ledger_is_read_by_everybody_and_stands_on_the_meeting_page(place: Town) -> None:
    cookie = await cookie_of(place, "3-1-501")
    guest, record = place.browser(), place.record
    for number, verdict in (
        (501, {"type": "question.hide", "reason": "rude"}),
        (502, {"type": "question.convert"}),
    ):
        body = ask(place, f"{SAID}{number}", own_id=uuid7(number))
        status, answer = await guest.post(f"/api/records/{record}/commands", body, headers={"Cookie": cookie})
        assert status == 200, answer
        assert (await place.parts.desks.give(record, {**verdict, "id": body["id"]}, SIGNS))["ok"]
    status, told = await guest.get(f"/api/records/{record}/ledger")
    assert status == 200
    assert {"fate": "returned", "reason": "rude", "count": 1} in told["questions"]["fates"]
    assert {"fate": "handed", "reason": None, "count": 1} in told["questions"]["fates"]
    assert {"act": "question.hidden", "reason": "rude", "count": 1} in told["acts"]
    code = (await place.parts.accounts.meeting_of(record)).code
    page = (await guest.get(f"/m/{code}?lang=zh-CN"))[1]["text"]
    drawn = in_words(told, "zh-CN")
    for row in [*drawn["sums"][0]["rows"], *drawn["acts"][0]["rows"]]:
        assert f"<span>{row['words']}</span> <b>{row['count']}</b>" in page
    assert SAID not in page


async def test_the_ledger_of_a_meeting_nobody_may_watch_is_not_found(place: Town) -> None:
    status, answer = await place.browser().get("/api/records/meeting:none/ledger")
    assert (status, answer["code"]) == (404, "not_found")


async def test_the_archive_tells_the_ledger_and_anybody_can_count_it_anew(place: Town) -> None:
    record, own_id = place.record, uuid7(510)
    path = f"/archive/{record.partition(':')[2]}"
    desks, guest = place.parts.desks, place.browser()
    body = {name: value for name, value in ask(place, own_id=own_id).items() if name != "record"}
    for command in (
        body,
        {"type": "question.convert", "id": own_id},
        {"type": "meeting.end"},
        {"type": "question.resolve", "id": own_id, "result": "resolved", "text": ANSWER},
        {"type": "meeting.publish"},
    ):
        answer = await desks.give(record, command, SIGNS)
        assert answer["ok"], (command, answer)
    told = (await guest.get(f"{path}/export.json"))[1]
    book = told["ledger"]
    counted = {
        one["act"] if one["reason"] is None else f"{one['act']}:{one['reason']}": one["count"]
        for one in book["acts"]
    }
    assert ledger.recount(written for line in told["acts"] for written in line["ledger"]) == counted
    asked = [one for one in await desks.entries(record) if word_of(type(one.fact)) == "question.asked"]
    assert book["questions"]["all"] == len(asked)
    slip = next(one for one in told["questions"] if one["id"] == own_id)["handed"]
    assert (slip["result"], slip["text"]) == ("resolved", COVERED)
    lines = rows((await guest.get(f"{path}/acts.csv"))[1]["text"])
    assert ledger.recount(" ".join(line["ledger"] for line in lines).split()) == counted
    table = rows((await guest.get(f"{path}/ledger.csv"))[1]["text"])
    acts: Counter[str] = Counter()
    for row in table:
        if row["what"] == "acts":
            acts[f"{row['word']}:{row['reason']}".rstrip(":")] += int(row["count"])
    assert acts == counted
    page = (await guest.get(f"{path}?lang=zh-CN"))[1]["text"]
    assert 'id="ledger"' in page
    assert COVERED in page
    assert slip["slip"] in page


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
