"""An announced vote as a document: whole as it was given out, never who chose what, and any change to it is found."""

import copy
import json

import pytest

from meetings.docket import bundle
from meetings.docket.digests import digest_of
from server import verify
from tests.meetings.cast import uid
from tests.meetings.docket.assembly import MOTION, ONE, OWNER, SECRETARY, Assembly, letter, rules


def voted(**fields):
    """A vote in which eight of nine cast, one on paper and one with a letter, announced."""
    held = Assembly().given(SECRETARY, "rules.adopt", **rules())
    held.open(**fields).given(SECRETARY, "proxy.record", **letter(unit="1-1-801", principal="业主1-1-801"))
    for place, choice in enumerate("agree agree agree against abstain agree".split(), start=1):
        held.cast(f"p-业主1-1-{place}01", f"1-1-{place}01", choice)
    held.cast("p-agent", "1-1-801", "agree")
    if fields.get("mode") != "anonymous":
        held.paper("1-1-701", "业主1-1-701", "spoiled")
    return held.closed().counted().announced()


@pytest.mark.parametrize("mode", ["named", "confidential", "anonymous"])
def test_what_was_announced_is_whole_and_checked_without_a_server(mode, tmp_path, capsys):
    told = bundle.bundle_of((held := voted(mode=mode)).room, held.motion)
    file = tmp_path / "vote.json"
    file.write_text(json.dumps(told, ensure_ascii=False))
    assert bundle.flaws_of(bundle.read(file.read_bytes())) == []
    assert verify.main(str(file)) == 0
    assert told["seal"] in capsys.readouterr().out


def test_it_names_no_owner_no_unit_and_no_choice_of_anybody():
    held = voted(binding="statutory")
    told = json.dumps(bundle.bundle_of(held.room, held.motion), ensure_ascii=False)
    for place in range(1, 10):
        assert f"1-1-{place}01" not in told
    for secret in ("业主1-1", "吴小军", "Z001", "nonce", '"choice"'):
        assert secret not in told


def test_it_is_given_out_from_the_announcement_on_and_not_during_a_recount():
    held = Assembly().open().cast(OWNER, "1-1-101").closed().counted()
    with pytest.raises(Exception, match="not_open"):
        bundle.bundle_of(held.room, held.motion)
    held.announced().given(OWNER, "motion.dispute", id=MOTION, dispute=uid(20), text="票数有疑")
    bundle.bundle_of(held.room, held.motion)
    held.given(ONE, "motion.settle", id=MOTION, dispute=uid(20), outcome="recount", answer="当众重计")
    for step in (lambda: None, held.counted):
        step()
        with pytest.raises(Exception, match="not_open"):
            bundle.bundle_of(held.room, held.motion)
    held.announced()
    told = bundle.bundle_of(held.room, held.motion)
    assert (len(told["rounds"]), bundle.flaws_of(told)) == (2, [])


def places(value, path=()):
    """Every place in a document that holds a plain value."""
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for name, one in pairs:
            yield from places(one, (*path, name))
    else:
        yield path


def changed(told, path):
    """The document with another value in one place, and a seal that fits it: whoever forges it seals it again."""
    forged = copy.deepcopy(told)
    at = forged
    for name in path[:-1]:
        at = at[name]
    value = at[path[-1]]
    at[path[-1]] = (
        not value
        if isinstance(value, bool)
        else (value or 0) + 1
        if not isinstance(value, str)
        else value + "x"
    )
    if path != ("seal",):
        forged["seal"] = digest_of({name: one for name, one in forged.items() if name != "seal"})
    return forged


SAID = {"shape", "record", "state", "supervisors", "refused", "disputes", "ended_because", "document"} | {
    f"{name}_at" for name in ("noticed", "opened", "closed", "announced", "final")
}
"""What nothing else in the document follows from: only the seal that stands elsewhere finds a change of it."""


@pytest.mark.parametrize("mode", ["named", "anonymous"])
def test_a_change_in_text_list_sums_or_outcome_is_found_though_it_is_sealed_again(mode):
    held = voted(mode=mode)
    told = bundle.bundle_of(held.room, held.motion)
    unfound = []
    for path in places(told):
        if path[0] in SAID | {"posted_until"} or path[-1] in {"at", "reason"}:
            continue
        if not bundle.flaws_of(changed(told, path)):
            unfound.append(path)
    allowed = {"digest", "spoiled", "presumed", "presumed_as", "signatures", "number", "channels"}
    told_apart = {path for path in unfound if not allowed & set(map(str, path)) and path[0] != "turnout"}
    # A poll counts heads alone: no sum of it rests on the area of the roster.
    assert told_apart == ({("total", "area")} if mode == "anonymous" else set())


@pytest.mark.parametrize(
    "junk", [b"", b"{}", b"[]", b"null", b"1", b'{"seal": 1}', b"\xff", b'{"rounds": []}']
)
def test_what_is_no_such_document_is_said_to_be_none(junk, tmp_path, capsys):
    file = tmp_path / "junk"
    file.write_bytes(junk)
    assert verify.main(str(file)) in {1, 2}
    assert capsys.readouterr().err.startswith("verify: ")
    assert verify.main(str(tmp_path / "none")) == 2
