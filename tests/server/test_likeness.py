"""Like questions are found, and 2号楼 is never taken for 3号楼; too much is told how long to wait."""

from __future__ import annotations

from server.config import Rate
from server.live.door import Buckets
from server.moderation.likeness import LIKE, likeness, most_like
from tests.corpus import likeness as corpus


def test_the_same_question_in_other_words_is_like() -> None:
    assert (
        likeness("合同到期没续签，物业还有权收物业费吗", "物业合同到期了没有续签，还能收物业费吗？") >= LIKE
    )


def test_another_building_or_the_opposite_answer_is_not_like() -> None:
    assert likeness("2号楼电梯坏了", "3号楼电梯坏了") < LIKE
    assert likeness("同意换物业", "不同意换物业") < LIKE


def test_like_questions_are_told_from_those_that_look_alike() -> None:
    found = corpus.figures()
    assert found.pairs >= 200
    assert found.precision >= 0.85
    assert found.recall >= 0.9


def test_the_likest_come_first_and_a_few_signs_are_like_nothing() -> None:
    asked = [("a", "路灯什么时候修？"), ("b", "换物业要多少户同意？"), ("c", "换物业要多少人同意才行？")]
    assert [own_id for own_id, _ in most_like("换物业要多少户同意", asked)][:2] == ["b", "c"]
    assert most_like("换", asked) == []


def test_after_too_much_one_waits_and_may_again() -> None:
    buckets, rate = Buckets(), Rate(2, 3)
    assert [buckets.wait("x", "p", rate, 0.0) for _ in range(2)] == [0.0, 0.0]
    wait = buckets.wait("x", "p", rate, 0.0, pause=10.0)
    assert 9.9 < wait < 10.1
    assert buckets.wait("x", "p", rate, wait + 0.01, pause=10.0) == 0.0
    assert buckets.wait("x", "other", rate, 0.0) == 0.0
