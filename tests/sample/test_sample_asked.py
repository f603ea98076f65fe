"""The questionnaires a first start has: one counted and shown at its item, one that its people can answer."""

from __future__ import annotations

from typing import Any

from meetings import Eye
from meetings.docket import Questionnaire
from server.sample.asked import COUNTED, OPEN
from server.sample.cast import own_id
from server.sample.community import AT_HAND
from tests.meetings.cast import uid
from tests.sample.test_sample_votes import RECORD, who
from tests.sample.test_seed import installed, seeded


async def test_one_is_counted_and_stands_at_its_item_and_one_can_be_answered(tmp_path: Any) -> None:
    async with installed(tmp_path, None) as parts:
        await seeded(parts)
        async with parts.desks.reading(RECORD) as room:
            seen = room.patch(0, Eye.PUBLIC)
            texts = room.need(Questionnaire, COUNTED).written_out[4]["texts"]
        counted, held = (seen[f"questionnaire:{own}"] for own in (COUNTED, OPEN))
        assert (counted["state"], held["state"]) == ("counted", "open")
        assert counted["answered"] > 40
        assert counted["channels"]["paper"] > 5
        assert counted["results"][4]["shown"] == len(texts)
        assert len(texts) >= 5
        assert not any("搬走" in text for text in texts)
        async with parts.desks.reading(AT_HAND) as room:
            findings = room.patch(0, Eye.PUBLIC)[f"findings:{COUNTED}"]
        assert findings["item"] == own_id("M02.2")
        assert [one["counts"] for one in findings["results"]] == [one["counts"] for one in counted["results"]]
        assert findings["results"][4]["texts"] == texts
        resident = await who(parts, "高敏芝", parts.clock())
        told = {"id": uid(0x77), "questionnaire": OPEN, "unit": "1-2-501", "answers": [0, [1], 3, None]}
        answer = await parts.desks.give(RECORD, {"type": "questionnaire.answer", **told}, resident)
        assert answer["ok"], answer
