"""The two motions of the sample council, from its roster and its ballots, to the last digit."""

import csv
import json

import pytest

from meetings.tally import document, fraction_text, percent_text
from server import setup

SAMPLE = setup.ROOT / "server" / "sample"
STATUS = {"已交付": "delivered", "未售": "unsold", "已售未交付": "sold_undelivered"}
KIND = {"住宅": "residential", "商铺": "shop", "车位": "parking"}
MOTIONS = {
    motion["id"]: motion for motion in json.loads((SAMPLE / "council.json").read_text("utf-8"))["motions"]
}

# Those who voted for another, as the roster's remarks have it.
AUTHORISED = {
    "2-2-402": ("彭子墨", "guardian"),
    "4-S01": ("塞上星商贸有限公司（虚构）", "proxy"),
    "1-2-301": ("吴小军", "proxy"),
}


def units():
    with (SAMPLE / "roster.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            owners = row["owners"].split("；")
            unit = {
                "unit": row["unit_no"],
                "area": row["area_m2"],
                "owners": owners,
                "building": row["building"],
            }
            unit |= {"status": STATUS[row["delivery_status"]], "kind": KIND[row["use"]]}
            if unit["status"] == "delivered":
                unit["voter"] = row["representative"] or None
            else:
                unit["developer"] = owners[0]
            yield unit


def as_document(motion):
    """The motion, its counted ballots before its refused ones.

    By their times the refused second ballot for 1-2-502 came before the one it doubles: the sample tells it so.
    """
    came = motion["ballots"] + motion["rejected_ballots"]
    ballots = [
        {"choice": "agree", **{name: one[name] for name in ("unit", "by", "choice", "at") if name in one}}
        for one in came
    ]
    proxies = [one for one in motion["ballots"] if one["channel"] == "proxy"]
    authorisations = [
        {"unit": one["unit"], "principal": AUTHORISED[one["unit"]][0], "agent": one["by"], "written": True}
        | {"kind": AUTHORISED[one["unit"]][1]}
        for one in proxies
    ]
    fields = {name: motion[name] for name in ("id", "item", "policy", "window")}
    refused = [{"index": place, "reason": one["reason"]} for place, one in enumerate(came) if "reason" in one]
    return {**fields, "units": list(units()), "ballots": ballots, "authorisations": authorisations}, refused


@pytest.mark.parametrize("name", ["MO1", "MO2"])
def test_a_motion_of_the_sample_is_counted_as_announced(name):
    motion = MOTIONS[name]
    vote, refused = as_document(motion)
    (case,) = document.read(json.dumps(vote).encode())
    tally = case.count()
    answer = document.answer(case, tally)
    announced = {key: value for key, value in motion["tally"].items() if key != "display"}
    assert {key: answer[key] for key in announced} == announced
    assert answer["rejected_ballots"] == refused
    assert len(tally.counted) == len(motion["ballots"])
    assert case.unread == ()
    there, total, agree = tally.participating, tally.total, tally.agree
    assert motion["tally"]["display"] == {
        "participation_area": percent_text(there.area_c, total.area_c),
        "participation_heads": percent_text(there.heads, total.heads),
        "agree_area": percent_text(agree.area_c, there.area_c),
        "agree_heads": percent_text(agree.heads, there.heads),
    }
    assert fraction_text(agree.heads, there.heads, area=False) == f"{motion['tally']['agree_heads']}/52"
    assert fraction_text(there.area_c, total.area_c, area=True) == "6424.49/7311.52"
