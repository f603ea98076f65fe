"""The past meeting, folded from its commands: what everybody sees of it is what the demo expects."""

import json
from typing import Any

import pytest

from meetings import Entry, Eye, Room, new_room, words
from server.sample.cast import Cast, ms
from server.sample.past import Step, comment_id, item_id, question_id, script
from server.sample.programme import read_council

View = dict[str, Any]


@pytest.fixture(scope="module")
def council() -> dict[str, Any]:
    return read_council()


def held(steps: list[Step]) -> tuple[Room, list[Entry]]:
    """The room after these commands; a refused one fails the test with its reason."""
    room, entries = new_room("meeting:past"), []
    for step in steps:
        for fact in room.decide(words.command(step.command), step.who):
            entry = Entry(room.seq + 1, step.who.at, step.who.person, fact)
            room.apply(entry)
            entries.append(entry)
    return room, entries


@pytest.fixture(scope="module")
def room(council: dict[str, Any]) -> Room:
    return held(script(council))[0]


@pytest.fixture(scope="module")
def public(room: Room) -> dict[str, Any]:
    return {name: view for name, view in room.patch(0, Eye.PUBLIC).items() if view is not None}


@pytest.fixture(scope="module")
def staff(room: Room) -> dict[str, Any]:
    return {name: view for name, view in room.patch(0, Eye.STAFF).items() if view is not None}


def of_kind(view: View, kind: str) -> list[View]:
    return [thing for name, thing in view.items() if name.partition(":")[0] == kind]


def asked(council: dict[str, Any], name: str) -> str:
    return f"question:{question_id(council, name)}"


def test_the_meeting_is_published_with_the_times_of_the_demo(public: View, council: dict[str, Any]) -> None:
    meeting = public["meeting"]
    assert meeting["phase"] == "published"
    assert meeting["sample"] is True
    assert meeting["started_at"] == ms(council["meeting"]["actual_start"])
    assert meeting["ended_at"] == ms(council["meeting"]["actual_end"])
    assert meeting["published_at"] == ms("2026-05-20T09:00:00+08:00")


def test_hidden_and_rejected_questions_are_not_public(
    public: View, staff: View, council: dict[str, Any]
) -> None:
    for state in ("hidden", "rejected"):
        for name in council["expected"][state]:
            assert asked(council, name) not in public
            assert staff[asked(council, name)]["state"] == state


def test_what_must_never_be_public_is_nowhere_in_the_public_view(
    public: View, staff: View, council: dict[str, Any]
) -> None:
    shown = json.dumps(public, ensure_ascii=False)
    for secret in council["expected"]["never_public"]:
        assert secret not in shown
    assert "1-1-101" not in shown
    assert "3号楼1单元501" not in json.dumps(staff, ensure_ascii=False)


def test_masked_texts_are_those_of_the_demo(public: View, council: dict[str, Any]) -> None:
    for question in council["questions"]:
        if question["status"] not in {"hidden", "rejected"}:
            assert public[asked(council, question["id"])]["text"] == question["text_public"]
    for comment in council["comments"]:
        name = f"comment:{comment_id(council, comment)}"
        if comment["status"] == "visible":
            assert public[name]["text"] == comment["text_public"]
        else:
            assert name not in public


def test_dialect_and_slips_of_the_pen_stay_as_they_were_written(
    public: View, council: dict[str, Any]
) -> None:
    by_id = {one["id"]: one for one in (*council["questions"], *council["comments"])}
    texts = {thing["text"] for thing in (*of_kind(public, "question"), *of_kind(public, "comment"))}
    for name in (*council["expected"]["dialect"], *council["expected"]["typos"]):
        assert by_id[name]["text_raw"] in texts


def test_duplicates_stand_under_the_question_they_were_merged_into(
    public: View, council: dict[str, Any]
) -> None:
    for name, into in council["expected"]["duplicates"].items():
        view = public[asked(council, name)]
        assert (view["state"], view["merged_into"]) == ("merged", question_id(council, into))


def test_supports_are_the_demos_and_merging_adds_nobody_twice(public: View, council: dict[str, Any]) -> None:
    for question in council["questions"]:
        if question["status"] not in {"hidden", "rejected"}:
            score = public[f"score:{question_id(council, question['id'])}"]
            assert score["votes"] == question["upvotes"], question["id"]


def test_by_support_the_questions_stand_as_the_demo_expects(public: View, council: dict[str, Any]) -> None:
    names = {question_id(council, question["id"]): question["id"] for question in council["questions"]}
    roots = [view for view in of_kind(public, "question") if view["merged_into"] is None]
    roots.sort(key=lambda view: (-public[f"score:{view['id']}"]["votes"], view["at"]))
    assert [names[view["id"]] for view in roots] == council["expected"]["queue_order_by_upvotes"]


def test_the_queue_has_that_order_while_all_of_them_wait(council: dict[str, Any]) -> None:
    """Nobody is called and nothing ends: then the room's own order is the expected one."""
    names = {question_id(council, question["id"]): question["id"] for question in council["questions"]}
    without = {"question.call", "question.finish", "question.convert", "meeting.end", "meeting.publish"}
    steps = [
        step
        for step in script(council)
        if step.command["type"] not in without and not step.command["type"].startswith("answer.")
    ]
    waiting = held(steps)[0].patch(0, Eye.PUBLIC)["queue"]
    assert waiting is not None
    assert [names[own] for own in waiting["order"]] == council["expected"]["queue_order_by_upvotes"]


def test_every_answered_question_has_its_answer_with_badge_and_citations(
    public: View, council: dict[str, Any]
) -> None:
    cast = Cast(council)
    answers = {answer["question"]: answer for answer in of_kind(public, "answer")}
    assert len(answers) == len(council["answers"]) == 19
    for given in council["answers"]:
        answer = answers[question_id(council, given["question"])]
        assert answer["text"] == given["text"]
        assert answer["by"] == cast.id_of(given["by"])
        assert answer["badge"]
        assert bool(answer["cites"]) == bool(given["cites"])
        assert answer["started_at"] == ms(given["at"])
    ends = {question["id"]: question["status"] for question in council["questions"]}
    for name, state in ends.items():
        if state in {"answered", "converted"}:
            assert public[asked(council, name)]["state"] == state


def test_the_converted_question_has_a_slip(public: View, council: dict[str, Any]) -> None:
    assert public[asked(council, "Q08")]["slip"] == "20260516-008"


def test_a_question_by_telephone_is_shown_under_the_name_of_who_asked(
    public: View, council: dict[str, Any]
) -> None:
    view = public[asked(council, "Q25")]
    assert (view["channel"], view["shown"]) == ("phone", "马奶奶家属")


def test_whoever_told_others_personal_data_was_warned(room: Room, council: dict[str, Any]) -> None:
    own = room.own(Cast(council).id_of("看不惯"), 0)
    told = [view for name, view in own.items() if name.startswith("message:") and view is not None]
    assert [view["reason"] for view in told if view["word"] == "warning"] == [
        "请勿公开他人证件号码、住址；欠费问题由业委会依法处理。"
    ]


def test_the_comment_restored_on_appeal_is_there(public: View, council: dict[str, Any]) -> None:
    restored = next(comment for comment in council["comments"] if comment["id"] == "C19")
    assert f"comment:{comment_id(council, restored)}" in public
    visible = [comment for comment in council["comments"] if comment["status"] == "visible"]
    assert len(of_kind(public, "comment")) == len(visible) == 21


def test_the_poll_counts_are_the_demos(public: View, council: dict[str, Any]) -> None:
    (poll,) = of_kind(public, "poll")
    assert poll["state"] == "closed"
    assert poll["counts"] == council["polls"][0]["counts"]
    assert poll["voters"] == council["polls"][0]["voters"]


def test_applause_and_viewers_are_the_demos(public: View, council: dict[str, Any]) -> None:
    stats = council["meeting"]["stats"]
    assert public["audience"] == {
        "applause": stats["likes"],
        "unique": stats["viewers_unique"],
        "peak": stats["viewers_peak"],
    }


def test_the_transcript_is_whole_and_two_lines_were_corrected(public: View, council: dict[str, Any]) -> None:
    captions = sorted(of_kind(public, "caption"), key=lambda caption: caption["at"])
    assert [caption["text"] for caption in captions] == [line["text"] for line in council["transcript"]]
    assert sum(caption["corrected"] for caption in captions) == 2
    start = ms(council["meeting"]["actual_start"])
    assert [caption["at"] - start for caption in captions] == [
        line["offset_s"] * 1000 for line in council["transcript"]
    ]
    for caption, line in zip(captions, council["transcript"], strict=True):
        if line["offset_s"] != 2500:
            assert caption["item"] == item_id(line["agenda_item"])


def test_the_agenda_was_gone_through_in_its_order(public: View, council: dict[str, Any]) -> None:
    items = sorted(of_kind(public, "agenda_item"), key=lambda item: item["position"])
    assert [item["title"] for item in items] == [item["title"] for item in council["agenda"]]
    assert {item["state"] for item in items} == {"done"}
    assert [item["opened_at"] for item in items] == sorted(item["opened_at"] for item in items)


def test_the_outcomes_are_those_the_minutes_count(public: View) -> None:
    kinds = sorted(outcome["kind"] for outcome in of_kind(public, "outcome"))
    assert kinds == [
        "commitment",
        "commitment",
        "consensus",
        "explanation",
        "referral",
        "resolution",
        "suggestion",
        "suggestion",
    ]
    promised = [outcome for outcome in of_kind(public, "outcome") if outcome["kind"] == "commitment"]
    assert {outcome["until"] for outcome in promised} == {
        ms("2026-05-26T18:00:00+08:00"),
        ms("2026-06-05T18:00:00+08:00"),
    }


def test_no_outcome_tells_of_the_vote_that_came_after(public: View) -> None:
    assert not [outcome for outcome in of_kind(public, "outcome") if "表决通过" in outcome["text"]]


def test_badge_holders_have_their_plates_and_residents_have_none(
    public: View, council: dict[str, Any]
) -> None:
    names = {person["name"] for person in of_kind(public, "person") if person["role"]}
    assert "纳文慧" in names
    assert len(names) == 15
    assert "白玉霞" not in json.dumps(public, ensure_ascii=False)


def test_every_command_does_something_or_is_support_already_counted(council: dict[str, Any]) -> None:
    idle = []
    room = new_room("meeting:past")
    for step in script(council):
        facts = room.decide(words.command(step.command), step.who)
        if not facts:
            idle.append(step.command["type"])
        for fact in facts:
            room.apply(Entry(room.seq + 1, step.who.at, step.who.person, fact))
    assert set(idle) <= {"question.upvote"}


def test_times_never_run_backwards(council: dict[str, Any]) -> None:
    times = [step.who.at for step in script(council)]
    assert times == sorted(times)
