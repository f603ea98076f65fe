"""The two motions of the sample council, held from their notice on: every ballot on its way, every refusal, every sum."""

import json
from datetime import datetime

import pytest

from meetings import Refused
from meetings.docket.document import result_of
from meetings.tally import Policy, Scope, roll_of
from server import setup
from server.accounts.roster import read_roster
from server.dockets import lines_of
from tests.meetings.cast import DAY, uid
from tests.meetings.docket.assembly import CHAIR, CLERK, MOTION, Assembly
from tests.meetings.tally.test_tally_sample import AUTHORISED, MOTIONS

SAMPLE = setup.ROOT / "server" / "sample"


def ms(text):
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def lines():
    """The sample's roster as its accounts give it to a docket."""
    _, units = read_roster((SAMPLE / "roster.csv").read_bytes(), "roster.csv")
    rows = [
        {name: getattr(unit, name) for name in unit.__struct_fields__ if name != "owners"}
        | {"id": f"place-{unit.number}"}
        | {"owners": [{"name": owner.name, "representative": owner.representative} for owner in unit.owners]}
        for unit in units
    ]
    return lines_of(rows)


def held(motion):
    """The motion open, noticed long enough before; everybody has proved what they own."""
    window = {name: ms(motion["window"][name]) for name in ("open", "close")}
    assembly = Assembly(lines(), at=window["open"] - 22 * DAY)
    for line in assembly.lines:
        for owner in line.owners:
            assembly.owns(f"p-{owner}", owner, line.number)
    policy = {name: value for name, value in motion["policy"].items() if name != "coowner_without_rep"}
    assembly.checked(item=motion["item"], **policy).published().frozen()
    notice = assembly.notice(opens_at=window["open"], closes_at=window["close"])
    return assembly.given(CHAIR, "motion.notice", **notice).at(window["open"])


def give(assembly, ballot, number):
    """A ballot on the way it came."""
    unit, by, choice = ballot["unit"], ballot["by"], ballot.get("choice", "agree")
    assembly.now = ms(ballot["at"])
    if ballot.get("channel") == "paper":
        return assembly.paper(unit, by, choice, number=f"Z{number}")
    if ballot.get("channel") == "proxy":
        principal, authority = AUTHORISED[unit]
        assembly.given(
            CLERK,
            "proxy.record",
            id=uid(0x700 + number),
            motion=MOTION,
            unit=unit,
            principal=principal,
            name=by.replace("（", "").replace("）", ""),
            authority=authority,
            written=True,
            letter="卷宗",
            agent=f"p-agent-{number}",
        )
        return assembly.cast(f"p-agent-{number}", unit, choice)
    return assembly.cast(f"p-{by}", unit, choice)


@pytest.mark.parametrize("name", ["MO1", "MO2"])
def test_a_motion_of_the_sample_is_held_and_announced_to_the_last_digit(name):
    motion = MOTIONS[name]
    assembly = held(motion)
    for number, ballot in enumerate(sorted(motion["ballots"], key=lambda one: one["at"])):
        give(assembly, ballot, number)
    for ballot in motion["rejected_ballots"]:
        assembly.now = ms(ballot["at"])
        told = assembly.ballot(ballot["unit"], ballot.get("choice", "agree"))
        person = f"p-{ballot['by']}"
        assert assembly.why(person, "ballot.cast", **told) == ballot["reason"]
    assembly.at(ms(motion["window"]["close"]) + 1).counted().announced()
    announced = {key: value for key, value in motion["tally"].items() if key != "display"}
    result = assembly.sees()["rounds"][0]["result"]
    assert {key: result[key] for key in announced} == announced
    shares = result["shares"]
    assert motion["tally"]["display"] == {
        "participation_area": shares["quorum"]["area_percent"],
        "participation_heads": shares["quorum"]["heads_percent"],
        "agree_area": shares["agree"]["area_percent"],
        "agree_heads": shares["agree"]["heads_percent"],
    }
    assert result_of(json.loads(json.dumps(assembly.document()))) == result
    assert assembly.sees()["turnout"]["heads"] == len(motion["ballots"])


def test_the_samples_roster_has_the_heads_and_the_area_it_says():
    total = Assembly(lines()).published().room.patch(0, "public")
    (roster,) = [view for name, view in total.items() if name.startswith("roster:")]
    assert roster["total"] == {"units": 74, "heads": 61, "area_c": 731_152}
    assert [line.number for line in lines() if line.minor] == ["2-2-402"]


def row(number, household, *names, **fields):
    owners = [{"name": name, "representative": False} for name in names]
    told = {"number": number, "id": number, "household": household, "owners": owners, "use": "dwelling"}
    told |= {"area_c": 100, "area_basis": "registered", "delivery_status": "delivered", "remark": ""}
    return told | {"building": "1", "stair": "", "owner_type": "person"} | fields


def test_a_developer_is_one_head_whatever_households_its_units_were_given():
    unsold, pledged = {"delivery_status": "unsold"}, {"delivery_status": "sold_undelivered"}
    built = {"owner_type": "developer"}
    told = lines_of(
        [
            row("1", "A", "某置业", **unsold, **built),
            row("2", "B", "某置业", **unsold),
            row("3", "C", "某置业", **pledged, **built),
            row("4", "D", "某置业", **built),
        ]
    )
    roll = roll_of(tuple(line.unit() for line in told), Policy(), Scope())
    assert [head.owners for head in roll.heads.values()] == [{"某置业"}]
    assert [line.owner_called("某置业") for line in told] == ["某置业"] * 4


def test_the_buyer_of_a_flat_not_handed_over_does_not_stand_for_its_developer():
    with pytest.raises(Refused) as refused:
        lines_of([row("1", "A", "张三", delivery_status="sold_undelivered")])
    assert refused.value.detail == {"why": "developer_unknown", "unit": "1"}


def test_two_households_of_one_name_are_two_heads():
    rows = [
        row("1", "A", "王伟"),
        row("2", "B", "王伟"),
        row("3", "A", "王伟"),
        row("4", "C", "王伟", "李娜"),
    ]
    assert [line.owners for line in lines_of(rows)] == [("王伟",), ("王伟#2",), ("王伟",), ("王伟", "李娜")]
