"""The agenda: what the council goes through, in what order, and where it stands."""

from meetings.agenda import ITEMS_MOST, in_order
from tests.meetings.cast import LIU_TING, MINUTE, NA_WENHUI, SU_MIN, TIAN_XIULAN, announced, live, uid

BRIEFING = {"id": uid(2), "kind": "briefing", "title": "情况介绍", "minutes": 10}
LAW = {"id": uid(3), "kind": "law_talk", "title": "普法讲解", "minutes": 15}


def order(council):
    return [item.id for item in in_order(council.room)]


def test_an_item_is_added_at_the_end_with_its_lead():
    council = announced()
    council.when(SU_MIN, "agenda.add", **BRIEFING).then("agenda.added")
    council.when(SU_MIN, "agenda.add", **LAW, lead=NA_WENHUI.id).then("agenda.added")
    assert order(council) == [uid(1), uid(2), uid(3)]
    item = council.sees(f"agenda_item:{uid(3)}")
    assert (item["position"], item["lead_name"], item["state"]) == (3, "纳文慧", "waiting")


def test_an_item_goes_where_it_is_put():
    council = announced().given(SU_MIN, "agenda.add", **BRIEFING, after=None)
    council.given(SU_MIN, "agenda.add", **LAW, after=uid(2))
    assert order(council) == [uid(2), uid(3), uid(1)]
    council.when(SU_MIN, "agenda.move", id=uid(3), after=None).then("agenda.moved")
    assert order(council) == [uid(3), uid(2), uid(1)]
    council.when(SU_MIN, "agenda.move", id=uid(3), after=None).then()
    council.when(SU_MIN, "agenda.move", id=uid(3), after=uid(3)).refused("unclear")
    council.when(SU_MIN, "agenda.move", id=uid(3), after=uid(9)).refused("not_found")


def test_the_same_item_twice_is_one_and_another_under_its_id_is_taken():
    council = announced().given(SU_MIN, "agenda.add", **BRIEFING)
    council.when(LIU_TING, "agenda.add", **BRIEFING).then()
    council.when(SU_MIN, "agenda.add", **BRIEFING | {"minutes": 11}).refused("taken")


def test_an_item_needs_a_lead_who_is_there_and_sensible_minutes():
    council = announced()
    council.when(SU_MIN, "agenda.add", **BRIEFING, lead=TIAN_XIULAN.id).refused("not_found", field="lead")
    council.when(SU_MIN, "agenda.add", **BRIEFING | {"minutes": 601}).refused("unclear", field="minutes")
    council.when(SU_MIN, "agenda.add", **BRIEFING | {"title": "题" * 81}).refused("too_large")


def test_an_agenda_has_an_end():
    council = announced()
    for number in range(ITEMS_MOST - 1):
        council.given(SU_MIN, "agenda.add", **BRIEFING | {"id": uid(100 + number)})
    council.when(SU_MIN, "agenda.add", **BRIEFING).refused("too_large")


def test_what_is_left_out_of_an_edit_stays():
    council = announced().given(SU_MIN, "agenda.add", **LAW, lead=NA_WENHUI.id)
    council.when(SU_MIN, "agenda.edit", id=uid(3), minutes=20).then("agenda.edited", title="普法讲解")
    council.when(SU_MIN, "agenda.edit", id=uid(3), minutes=20).then()
    assert council.sees(f"agenda_item:{uid(3)}")["lead_name"] == "纳文慧"
    council.given(SU_MIN, "agenda.edit", id=uid(3), lead_name="王律师")
    assert council.sees(f"agenda_item:{uid(3)}")["lead"] is None


def test_at_most_one_item_is_open_and_its_time_is_counted():
    council = live().given(SU_MIN, "agenda.add", **BRIEFING)
    council.when(SU_MIN, "agenda.open", id=uid(1)).then("agenda.opened")
    council.when(SU_MIN, "agenda.open", id=uid(1)).then()
    council.later(4 * MINUTE).when(SU_MIN, "agenda.open", id=uid(2)).then("agenda.closed", "agenda.opened")
    first, second = (council.sees(f"agenda_item:{uid(number)}") for number in (1, 2))
    assert (first["state"], first["used_ms"], second["state"]) == ("done", 4 * MINUTE, "open")


def test_an_item_taken_up_again_adds_to_its_time():
    council = (
        live().given(SU_MIN, "agenda.open", id=uid(1)).later(MINUTE).given(SU_MIN, "agenda.close", id=uid(1))
    )
    council.given(SU_MIN, "agenda.open", id=uid(1)).later(MINUTE)
    council.when(SU_MIN, "agenda.close", id=uid(1)).then("agenda.closed")
    council.when(SU_MIN, "agenda.close", id=uid(1)).then()
    assert council.sees(f"agenda_item:{uid(1)}")["used_ms"] == 2 * MINUTE


def test_an_item_not_yet_open_cannot_be_closed():
    live().when(SU_MIN, "agenda.close", id=uid(1)).refused("wrong_state", state="waiting")


def test_a_removed_item_is_gone_for_everybody_and_its_id_does_not_come_back():
    council = announced().given(SU_MIN, "agenda.add", **BRIEFING).given(SU_MIN, "agenda.add", **LAW)
    seq = council.room.seq
    council.when(SU_MIN, "agenda.remove", id=uid(2)).then("agenda.removed")
    council.when(SU_MIN, "agenda.remove", id=uid(2)).then()
    assert council.room.patch(seq, "public")[f"agenda_item:{uid(2)}"] is None
    assert council.sees(f"agenda_item:{uid(3)}")["position"] == 2
    council.when(SU_MIN, "agenda.add", **BRIEFING).refused("taken")
    council.when(SU_MIN, "agenda.edit", id=uid(2), minutes=1).refused("not_found")


def test_what_was_taken_up_is_not_removed():
    live().given(SU_MIN, "agenda.open", id=uid(1)).when(SU_MIN, "agenda.remove", id=uid(1)).refused(
        "wrong_state"
    )


def test_the_end_of_the_meeting_closes_the_open_item():
    council = live().given(SU_MIN, "agenda.open", id=uid(1)).later(MINUTE).given(SU_MIN, "meeting.end")
    assert council.sees(f"agenda_item:{uid(1)}")["state"] == "done"
    council.when(SU_MIN, "agenda.add", **LAW).refused("wrong_state", phase="ended")


def test_residents_and_lawyers_do_not_write_the_agenda():
    council = announced()
    council.when(TIAN_XIULAN, "agenda.add", **BRIEFING).refused("forbidden")
    council.when(NA_WENHUI, "agenda.add", **BRIEFING).refused("forbidden")
