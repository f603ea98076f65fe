"""Answers: in turn, with the badge worn at that moment, on air or in writing by a date."""

import pytest

from meetings import Eye
from tests.meetings.cast import (
    DAY,
    DING_YONGKANG,
    HE_CHUNYU,
    LIU_TING,
    MINUTE,
    NA_WENHUI,
    SU_MIN,
    TIAN_XIULAN,
    asked,
    ended,
    live,
    on_air,
    uid,
)

CITES = [{"law": "民法典", "article": "第二百七十八条"}]


def start(question, number=20, by=NA_WENHUI, **more):
    return {"id": uid(number), "question": question, "by": by.id} | more


@pytest.fixture
def council():
    council = live()
    on_air(council)
    return council


def written(question, number=30, text="合同期满，业主可以另行选聘。"):
    return {"id": uid(number), "question": question, "text": text, "cites": CITES}


def deferred():
    council = live()
    own_id = asked(council)
    council.given(SU_MIN, "meeting.end")
    return council, own_id


def test_two_answer_one_question_in_turn(council):
    council.when(LIU_TING, "answer.start", **start(uid(10))).then("answer.started")
    council.later(MINUTE).when(
        LIU_TING, "answer.start", **start(uid(10), 21, DING_YONGKANG, verb="advise")
    ).then("answer.stopped", "answer.started")
    first, second = council.sees(f"answer:{uid(20)}"), council.sees(f"answer:{uid(21)}")
    assert (first["role"], first["verb"], first["stopped_at"]) == ("lawyer", "reply", council.now)
    assert (second["role"], second["verb"], second["stopped_at"]) == ("npc_deputy", "advise", None)
    assert council.sees(f"question:{uid(10)}")["answer_ids"] == [uid(20), uid(21)]


def test_the_same_answer_twice_is_one_and_another_under_its_id_is_taken(council):
    council.given(LIU_TING, "answer.start", **start(uid(10)))
    council.when(LIU_TING, "answer.start", **start(uid(10))).then()
    council.when(LIU_TING, "answer.start", **start(uid(10), verb="explain")).refused("taken")
    council.when(NA_WENHUI, "answer.write", **written(uid(10), 20)).refused("taken")


def test_a_badge_holder_begins_their_own_answer_and_nobody_elses(council):
    council.when(NA_WENHUI, "answer.start", **start(uid(10), by=DING_YONGKANG)).refused("forbidden")
    council.when(NA_WENHUI, "answer.start", **start(uid(10))).then("answer.started")
    council.when(DING_YONGKANG, "answer.stop", id=uid(20)).refused("forbidden")
    council.when(NA_WENHUI, "answer.stop", id=uid(20)).then("answer.stopped")
    council.when(LIU_TING, "answer.stop", id=uid(20)).then()


def test_only_a_badge_answers_and_only_what_is_on_air(council):
    council.when(LIU_TING, "answer.start", **start(uid(10), by=TIAN_XIULAN)).refused("not_found", field="by")
    other = asked(council, 11)
    council.when(LIU_TING, "answer.start", **start(other)).refused("wrong_state", state="queued")
    council.when(LIU_TING, "answer.start", **start(uid(99))).refused("not_found")
    council.when(TIAN_XIULAN, "answer.start", **start(uid(10), by=TIAN_XIULAN)).refused("forbidden")


def test_a_finished_question_stops_its_speaker(council):
    council.given(LIU_TING, "answer.start", **start(uid(10))).later(MINUTE)
    council.given(LIU_TING, "question.finish", id=uid(10))
    assert council.sees(f"answer:{uid(20)}")["stopped_at"] == council.now


def test_the_end_of_the_meeting_stops_the_speaker_and_counts_the_answer(council):
    council.given(LIU_TING, "answer.start", **start(uid(10))).given(SU_MIN, "meeting.end")
    assert council.sees(f"answer:{uid(20)}")["stopped_at"] == council.now
    assert council.sees(f"question:{uid(10)}")["state"] == "answered"


def test_a_later_badge_does_not_rewrite_who_answered_as_what(council):
    council.given(LIU_TING, "answer.start", **start(uid(10)))
    council.given(HE_CHUNYU, "person.appoint", person=NA_WENHUI.id, role="official", name="纳文慧")
    assert council.sees(f"answer:{uid(20)}")["role"] == "lawyer"


def test_a_deferred_question_is_answered_in_writing_within_its_term():
    council, own_id = deferred()
    council.later(2 * DAY).when(NA_WENHUI, "answer.write", **written(own_id)).then("answer.written")
    council.when(NA_WENHUI, "answer.write", **written(own_id)).then()
    assert council.sees(f"question:{own_id}")["state"] == "answered_written"
    answer = council.sees(f"answer:{uid(30)}")
    assert (answer["written"], answer["cites"], answer["name"]) == (True, CITES, "纳文慧")


def test_after_its_term_it_is_not_until_it_is_deferred_again():
    council, own_id = deferred()
    council.later(8 * DAY).when(NA_WENHUI, "answer.write", **written(own_id)).refused("not_open")
    council.given(LIU_TING, "question.defer", id=own_id, until=council.now + DAY)
    council.when(NA_WENHUI, "answer.write", **written(own_id)).then("answer.written")


def test_nobody_without_a_badge_writes_an_answer_and_not_to_a_waiting_question(council):
    council.when(TIAN_XIULAN, "answer.write", **written(uid(10))).refused("forbidden")
    council.when(LIU_TING, "answer.write", **written(uid(10))).refused("forbidden")
    waiting = asked(council, 11)
    council.when(NA_WENHUI, "answer.write", **written(waiting)).refused("wrong_state", state="queued")


def test_a_written_answer_beside_the_spoken_one_does_not_end_the_question(council):
    council.when(NA_WENHUI, "answer.write", **written(uid(10))).then("answer.written")
    assert council.sees(f"question:{uid(10)}")["state"] == "on_air"


def test_articles_are_cleaned_and_counted(council):
    spaced = [{"law": "  民法典 ", "article": "第二百七十八条\n"}]
    council.given(NA_WENHUI, "answer.write", **written(uid(10)) | {"cites": spaced})
    assert council.sees(f"answer:{uid(30)}")["cites"] == CITES
    council.when(NA_WENHUI, "answer.write", **written(uid(10), 31) | {"cites": CITES * 11}).refused(
        "too_large"
    )
    council.when(NA_WENHUI, "answer.write", **written(uid(10), 31, "  ")).refused("unclear")


def test_a_corrected_answer_keeps_its_first_words_in_the_record(council):
    council.given(NA_WENHUI, "answer.write", **written(uid(10)))
    council.when(NA_WENHUI, "answer.correct", id=uid(30), text="更正后的答复。").then("answer.corrected")
    council.when(LIU_TING, "answer.correct", id=uid(30), text="更正后的答复。").then()
    council.when(DING_YONGKANG, "answer.correct", id=uid(30), text="别的").refused("forbidden")
    assert council.sees(f"answer:{uid(30)}")["corrected"]
    assert any(getattr(entry.fact, "text", "") == "合同期满，业主可以另行选聘。" for entry in council.entries)


def test_words_added_to_a_spoken_answer_are_no_correction(council):
    council.given(LIU_TING, "answer.start", **start(uid(10)))
    council.given(LIU_TING, "answer.correct", id=uid(20), text="律师说：可以。", cites=CITES)
    assert not council.sees(f"answer:{uid(20)}")["corrected"]
    council.given(LIU_TING, "answer.correct", id=uid(20), text="律师说：不可以。", cites=CITES)
    assert council.sees(f"answer:{uid(20)}")["corrected"]


def test_what_answers_a_hidden_question_is_hidden_with_it(council):
    council.given(LIU_TING, "answer.start", **start(uid(10))).given(SU_MIN, "question.put_back", id=uid(10))
    council.given(LIU_TING, "question.hide", id=uid(10), reason="rude")
    assert council.sees(f"answer:{uid(20)}") is None
    assert council.sees(f"answer:{uid(20)}", Eye.STAFF) is not None
    council.given(SU_MIN, "question.approve", id=uid(10))
    assert council.sees(f"answer:{uid(20)}") is not None


def test_before_the_beginning_and_after_publication_nothing_is_answered_on_air():
    council = ended()
    council.when(LIU_TING, "answer.start", **start(uid(10))).refused("wrong_state", phase="ended")
