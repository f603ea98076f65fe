"""The word lists: what gets past them in no disguise, what they leave alone, and what may stand on them."""

from __future__ import annotations

from collections import Counter

import pytest

from server.moderation.lists import MOST, Phrase, default, fit, of_lines, read_text, version
from server.moderation.sieve import Sieve
from tests.corpus import benign, evasion


@pytest.fixture(scope="module")
def caught() -> dict[str, Counter[bool]]:
    """Every word of the corpus in every disguise."""
    return evasion.caught()


def share(caught: dict[str, Counter[bool]], names) -> float:
    total = sum((caught[name] for name in names), Counter())
    return total[True] / total.total()


def test_disguises_of_signs_are_seen_through(caught) -> None:
    assert len(evasion.WORDS) >= 200
    assert share(caught, evasion.CHARACTER) >= 0.99


def test_all_disguises_together_are_seen_through_nine_times_in_ten(caught) -> None:
    assert share(caught, caught) >= 0.90


def test_ordinary_talk_passes() -> None:
    verdicts = evasion.ordinary()
    assert verdicts.total() >= 5_000
    assert verdicts["block"] / verdicts.total() <= 0.005
    assert verdicts["hold"] / verdicts.total() <= 0.10


@pytest.mark.parametrize(
    "text", ["清真餐厅几点开门", "回族老人多", "阿依古丽·买买提", "马主任", "哈大爷", "纳书记", "开斋节"]
)
def test_words_of_faith_and_people_pass(text) -> None:
    assert Sieve(default()).look(text).verdict == "publish"


def test_a_hit_shows_where_it_stands_in_what_was_written() -> None:
    hit = Sieve([Phrase("block", "代开发票")]).look("有人在群里代·开 發票吗").hits[0]
    assert (hit.phrase, "有人在群里代·开 發票吗"[hit.start : hit.end]) == ("代开发票", "代·开 發票")


def test_what_only_sounds_alike_holds_and_never_blocks() -> None:
    sieve = Sieve([Phrase("block", "代开发票", sounds=True, initials=True)])
    for text in ("daikaifapiao", "dai开fa票", "戴凯发瓢", "dkfp"):
        assert sieve.look(text).verdict == "hold"
    assert sieve.look("代开发票").verdict == "block"


def test_a_phrase_broken_over_two_messages_is_held() -> None:
    finding = Sieve([Phrase("block", "代开发票")]).look("发票，找我", ["谁要代开"])
    assert (finding.verdict, finding.hits[0].by) == ("hold", "joined")


def test_the_same_again_and_again_is_held() -> None:
    sieve = Sieve([])
    text = "支持先修屋面再换保温"
    assert sieve.look(text, [text]).verdict == "publish"
    assert sieve.look(text, [text, "好", text]).hits[0].by == "repeat"


@pytest.mark.parametrize(
    "text",
    [
        "加v abc12345",
        "微信号：abc_12345",
        "打一三八零零一三八零零零",
        "www.abc.top",
        "扫码进群领券",
        "私聊我",
    ],
)
def test_what_draws_elsewhere_is_held(text) -> None:
    assert Sieve([]).look(text).verdict == "hold"


@pytest.mark.parametrize("text", ["扫码进入直播间", "微信群里发了", "民法典第278条", "12345热线", "3.5元"])
def test_what_draws_nowhere_passes(text) -> None:
    assert Sieve([]).look(text).verdict == "publish"


def test_a_phrase_has_places_where_it_does_not_count() -> None:
    sieve = Sieve(
        [Phrase("hold", "智障", besides=("智障人士",)), Phrase("allow", "清真寺"), Phrase("block", "真寺")]
    )
    assert sieve.look("智障人士坡道").verdict == "publish"
    assert sieve.look("你智障吗").verdict == "hold"
    assert sieve.look("清真寺东边").verdict == "publish"


def test_short_letters_are_not_found_inside_longer_words() -> None:
    sieve = Sieve([Phrase("hold", "vx")])
    assert sieve.look("加VX谈").verdict == "hold"
    assert sieve.look("devxops").verdict == "publish"


def test_an_expired_phrase_counts_no_more() -> None:
    phrases = [Phrase("hold", "团购", until=1_000)]
    assert Sieve(phrases, at=999).look("水果团购").verdict == "hold"
    assert Sieve(phrases, at=1_000).look("水果团购").verdict == "publish"


@pytest.mark.parametrize(
    ("phrases", "why"),
    [
        ([Phrase("hold", "骂")], "one_sign"),
        ([Phrase("hold", " 。")], "empty"),
        ([Phrase("hold", "长" + "句子" * 20)], "too_long"),
        ([Phrase("hold", "团购"), Phrase("hold", "團·購")], "twice"),
        ([Phrase("block", "团购"), Phrase("allow", "团购")], "both"),
        ([Phrase("maybe", "团购")], "list"),
        ([Phrase("hold", "团购", kind="politics")], "kind"),
    ],
)
def test_what_cannot_stand_on_a_list_is_left_out_with_the_reason(phrases, why) -> None:
    kept, unfit = fit(phrases)
    assert [one.why for one in unfit] == [why]
    assert len(kept) == len(phrases) - 1


def test_a_list_of_a_million_lines_is_cut_short_and_says_so() -> None:
    kept, unfit = fit(Phrase("hold", f"词条{n}号") for n in range(1_000_000))
    assert len(kept) == MOST
    assert unfit[-1].why == "too_many"


def test_a_list_from_an_office_machine_is_read() -> None:
    assert [one.text for one in of_lines(read_text("代开发票\n刷单".encode("gb18030")))] == [
        "代开发票",
        "刷单",
    ]
    with pytest.raises(ValueError, match="neither"):
        read_text(b"\xff\xfe\x00\x80")


def test_a_version_names_exactly_one_list() -> None:
    phrases = [Phrase("hold", "团购"), Phrase("block", "刷单")]
    assert version(phrases) == version(phrases[::-1])
    assert version(phrases) != version([Phrase("hold", "团购"), Phrase("hold", "刷单")])


def test_the_lists_a_community_begins_with_are_fit() -> None:
    assert fit(default())[1] == []


def test_the_corpus_does_not_repeat_itself() -> None:
    lines = benign.lines()
    assert len(set(lines)) == len(lines) >= 5_000
