"""Rule sets: figures with sources; what nobody knows keeps a vote from being statutory."""

import pytest

from meetings.docket.rules import (
    BEIJING,
    HANGZHOU,
    NEEDED,
    QINGYUAN,
    RULE_SETS,
    RuleSet,
    Terms,
    earliest_opening,
    missing,
)
from meetings.docket.words import DAY, end_of_days
from tests.meetings.cast import uid
from tests.meetings.docket.assembly import (
    CHAIR,
    CLOSES,
    ESTATE,
    NOTICE,
    OPENS,
    PERMITS,
    SECRETARY,
    Assembly,
    rules,
)

WHOLE = RuleSet(
    "own", 1, 15, 5, 60, "always", "own", 3, 7, permits=PERMITS, sources=dict.fromkeys(NEEDED, PERMITS)
)
TERMS = Terms(NOTICE, OPENS, CLOSES, paper=True, city_reference=None)


def test_the_places_have_the_figures_their_rules_give_and_no_others():
    assert (BEIJING.announce_days, BEIJING.platform) == (3, "city")
    assert (HANGZHOU.window_least_days, HANGZHOU.window_most_days, HANGZHOU.paper) == (5, 60, "on_request")
    assert (QINGYUAN.posting_days, QINGYUAN.platform) == (15, "city")
    unknown = {name: [f for f in NEEDED if getattr(one, f) is None] for name, one in RULE_SETS.items()}
    assert unknown == {
        "default": ["window_least_days", "window_most_days", "paper", "platform"],
        "beijing": ["window_least_days", "posting_days", "window_most_days", "paper"],
        "hangzhou": ["posting_days", "announce_days"],
        "qingyuan": ["window_least_days", "window_most_days", "announce_days", "paper"],
    }
    assert all(one.permits is None for one in RULE_SETS.values())


def test_every_figure_has_its_source():
    for one in RULE_SETS.values():
        known = {name for name in NEEDED if getattr(one, name) is not None}
        assert known == set(one.sources), one.name


@pytest.mark.parametrize("field", NEEDED)
def test_a_field_nobody_knows_blocks_a_statutory_vote(field):
    changed = {name: getattr(WHOLE, name) for name in WHOLE.__struct_fields__} | {field: None}
    assert missing(WHOLE, TERMS) == []
    assert missing(RuleSet(**changed), TERMS) == [field]


def test_each_condition_that_is_not_met_is_named():
    short = Terms(NOTICE, OPENS - 1, CLOSES, paper=False, city_reference=None)
    assert missing(WHOLE, short) == ["notice", "paper_offer"]
    assert missing(WHOLE, Terms(NOTICE, OPENS, OPENS + 5 * DAY - 1, True, None)) == ["window"]
    assert missing(WHOLE, Terms(NOTICE, OPENS, OPENS + 5 * DAY, True, None)) == []
    assert missing(WHOLE, Terms(NOTICE, OPENS, OPENS + 60 * DAY, True, None)) == []
    assert missing(WHOLE, Terms(NOTICE, OPENS, OPENS + 60 * DAY + 1, True, None)) == ["window"]
    assert "city_platform" in missing(HANGZHOU, TERMS)
    assert "city_platform" not in missing(HANGZHOU, Terms(NOTICE, OPENS, CLOSES, True, "hz-2026-1"))
    assert "permits" in missing(HANGZHOU, TERMS)


def test_fifteen_days_do_not_count_the_day_of_the_notice():
    """Art. 201 of the Civil Code: noticed on 24 April, whatever the hour, the term ends with 9 May."""
    assert earliest_opening(WHOLE, NOTICE) == OPENS
    midnight = OPENS - 16 * DAY
    assert {end_of_days(at, 15) for at in (midnight, NOTICE, midnight + DAY - 1)} == {OPENS}
    assert end_of_days(midnight + DAY, 15) == OPENS + DAY


def test_an_estate_adopts_a_rule_set_and_fills_what_its_place_leaves_open():
    held = Assembly().given(SECRETARY, "rules.adopt", **rules())
    view = held.room.patch(0, "public")[f"rules:{uid(3)}"]["rules"]
    assert (view["permits"], view["version"], view["window_least_days"]) == (PERMITS, 1, 5)
    assert view["sources"]["window_least_days"] == PERMITS
    held.given(SECRETARY, "rules.adopt", **rules(id=uid(4), window_least_days=7))
    assert held.room.patch(0, "public")[f"rules:{uid(4)}"]["rules"]["version"] == 2
    assert held.refused(SECRETARY, "rules.adopt", **rules(window_least_days=8))[0] == "taken"
    assert held.refused(CHAIR, "rules.adopt", **rules(id=uid(5)))[0] == "forbidden"


@pytest.mark.parametrize(
    ("based_on", "field", "value"),
    [
        ("default", "notice_days", 14),
        ("hangzhou", "window_least_days", 4),
        ("hangzhou", "window_most_days", 61),
        ("beijing", "announce_days", 4),
        ("qingyuan", "posting_days", 14),
        ("beijing", "platform", "own"),
        ("default", "window_least_days", 0),
        ("default", "window_most_days", 366),
    ],
)
def test_an_estate_is_never_laxer_than_its_place(based_on, field, value):
    held = Assembly()
    told = {"id": uid(3), "estate": ESTATE, "based_on": based_on, "source": PERMITS, field: value}
    assert held.refused(SECRETARY, "rules.adopt", **told)[1]["field"] == field


@pytest.mark.parametrize(
    ("based_on", "field", "value"),
    [
        ("hangzhou", "paper", "always"),
        ("default", "platform", "city"),
        ("hangzhou", "window_least_days", 6),
        ("hangzhou", "window_most_days", 59),
        ("beijing", "announce_days", 2),
        ("qingyuan", "posting_days", 16),
        ("beijing", "notice_days", 20),
    ],
)
def test_an_estate_may_be_stricter_than_its_place(based_on, field, value):
    told = {"id": uid(3), "estate": ESTATE, "based_on": based_on, "source": PERMITS, field: value}
    (adopted,) = Assembly().give(SECRETARY, "rules.adopt", **told)
    assert getattr(adopted.rules, field) == value


def test_a_figure_without_its_source_is_not_taken():
    assert Assembly().refused(SECRETARY, "rules.adopt", **rules(source=None))[1]["field"] == "source"
