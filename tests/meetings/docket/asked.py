"""A questionnaire held in these tests: to the households of an assembly's roster, on one question of every type."""

from __future__ import annotations

from typing import Any

from meetings.docket.questionnaires import Questionnaire
from meetings.docket.roster import Roster
from tests.meetings.cast import DAY, uid
from tests.meetings.docket.assembly import ESTATE, ROSTER, SECRETARY, Assembly

QUESTIONNAIRE = uid(0x900)
QUESTIONS: list[dict[str, Any]] = [
    {"kind": "single", "text": "您最希望先办哪一件？", "options": ["电梯", "停车", "绿化"], "needed": True},
    {"kind": "multiple", "text": "哪些时间方便开会？", "options": ["周五晚", "周六", "周日"], "most": 2},
    {"kind": "scale", "text": "对现物业是否满意？", "most": 5, "low": "很不满意", "high": "很满意"},
    {"kind": "number", "text": "家里有几辆车？", "most": 9, "unit": "辆"},
    {"kind": "text", "text": "还有什么想说的？"},
]
ANSWERS: list[Any] = [0, [0, 2], 4, 1, "希望晚上少一点噪音。"]
TERM = 5 * DAY


class Asking(Assembly):
    """A docket whose desk asks its households."""

    sheets = 0x1000

    def drafted(self, **fields: Any) -> Asking:
        told = {
            "estate": ESTATE,
            "title": "入户征求意见",
            "text": "为下次议事会准备。",
            "questions": QUESTIONS,
        }
        self.given(SECRETARY, "questionnaire.draft", id=QUESTIONNAIRE, **told | fields)
        return self

    def frozen(self, version: int = 1) -> Asking:
        """The roster frozen once its time for corrections is over."""
        self.now = max(self.now, self.room.need(Roster, ROSTER).until)
        super().frozen(version)
        return self

    def opened(self, **fields: Any) -> Asking:
        """Open to the households of the frozen roster."""
        self.drafted(**fields).published().frozen()
        self.given(SECRETARY, "questionnaire.open", **self.opening())
        return self

    def opening(self, **fields: Any) -> dict[str, Any]:
        return {"id": QUESTIONNAIRE, "roster": ROSTER, "closes_at": self.now + TERM} | fields

    @property
    def held(self) -> Questionnaire:
        return self.room.need(Questionnaire, QUESTIONNAIRE)

    def sheet(self, unit: str = "1-1-101", **fields: Any) -> dict[str, Any]:
        """What is sent for a household; every sheet has an id of its own."""
        self.sheets += 1
        told = {"id": uid(self.sheets), "questionnaire": QUESTIONNAIRE, "unit": unit, "answers": ANSWERS}
        return told | fields

    def answers(self, *told: list[Any]) -> Asking:
        """Households answer, one after another."""
        for line, answers in zip(self.lines, told, strict=False):
            self.given(
                f"p-业主{line.number}", "questionnaire.answer", **self.sheet(line.number, answers=answers)
            )
        return self

    def over(self) -> Asking:
        """The window is over, and the platform has counted."""
        assert self.held.closes_at is not None
        self.at(self.held.closes_at + 1)
        assert self.held.state == "counted"
        return self


def of_every_kind(option: int, *, step: int = 3, number: int = 1, text: str | None = None) -> list[Any]:
    """A sheet with an answer to every question but, perhaps, the text."""
    return [option, [option], step, number, text]
