"""RTMP's own forms, without a server: chunks, commands and tags, whole, cut and broken."""

from __future__ import annotations

import contextlib
import random
from dataclasses import replace

import pytest

from server.media.rtmp import amf, chunks
from server.media.rtmp.amf import Unreadable
from server.media.rtmp.flv import Tags
from tests.media.encoder import avcc, tags
from tests.media.streams import Reel, reel

pytestmark = pytest.mark.long


def test_pictures_out_of_order_keep_their_place():
    """Shifted composition times, as encoders with B-pictures send them, come out as they went in."""
    tag = Tags()
    plain = reel(2)
    for kind, at, body in tags(plain, []):
        (tag.picture if kind == chunks.PICTURE else tag.sound)(at, body)
    key = next(c for c in plain.chunks if c.key and c.kind == "video")
    _, at, body = tags(plain, [key])[2]
    shifted = body[:2] + (80).to_bytes(3, "big") + body[5:]
    chunk = tag.picture(at + 1_000, shifted)
    assert chunk is not None
    assert (chunk.dts_us, chunk.pts_us, chunk.key) == (1_000_000, 1_080_000, True)


async def test_time_goes_on_where_its_thirty_two_bits_begin_again():
    tag = Tags()
    plain = reel(2)
    for kind, at, body in tags(plain, []):
        if kind == chunks.SOUND:
            tag.sound(at, body)
    first = tag.sound((1 << 32) - 40, b"\xaf\x01xx")
    then = tag.sound(3, b"\xaf\x01xx")
    assert first is not None
    assert then is not None
    assert then.pts_us - first.pts_us == 43_000


def test_messages_are_whole_whatever_pieces_they_come_in():
    noise = random.Random(3)
    sent = [
        chunks.Message(
            noise.choice([8, 9, 18]), noise.choice([5, 0xFFFFFE, 0xFFFFFF, 1 << 31]), noise.randbytes(n), 1
        )
        for n in (0, 1, 127, 128, 129, 5_000, 60_000)
    ]
    wire = b"".join(chunks.packed(message, 5 + i % 2, 128) for i, message in enumerate(sent))
    for step in (1, 7, 128, 4096, len(wire)):
        reader = chunks.Reader(chunks.MESSAGE_BYTES)
        found = [m for i in range(0, len(wire), step) for m in reader.feed(wire[i : i + step])]
        assert found == sent


@pytest.mark.parametrize(
    "wire",
    [
        b"\x05\0\0\0\xff\xff\xff\x09\1\0\0\0",  # a message of 16 MB
        b"\xc7" + bytes(64),  # a continuation of nothing
        b"\x02\0\0\0\0\0\4\1\0\0\0\0" + bytes(4),  # chunks of no bytes
    ],
)
def test_absurd_chunks_are_unreadable(wire: bytes):
    with pytest.raises(Unreadable):
        chunks.Reader(chunks.MESSAGE_BYTES).feed(wire)


def test_more_than_sixty_four_chunk_streams_are_unreadable():
    reader = chunks.Reader()
    with pytest.raises(Unreadable):
        for lane in range(3, 80):
            basic = bytes([lane]) if lane < 64 else bytes([0, lane - 64])
            reader.feed(basic + bytes(3) + (200).to_bytes(3, "big") + b"\x09\1\0\0\0" + bytes(128))


def test_unfinished_messages_together_stay_within_the_bound():
    reader = chunks.Reader(100_000)
    reader.feed(chunks.packed(chunks.Message(chunks.CHUNK_SIZE, 0, (60_000).to_bytes(4, "big")), 2, 128))
    with pytest.raises(Unreadable, match="unfinished"):
        for lane in range(3, 60):
            begun = chunks.packed(chunks.Message(9, 0, bytes(90_000), 1), lane, 60_000)
            reader.feed(begun[: 12 + 60_000])
    held = sum(len(lane.body) for lane in reader._lanes.values()) + len(reader._held)
    assert held < 200_000


@pytest.mark.parametrize("seed", range(40))
def test_commands_of_noise_are_unreadable_or_values(seed: int):
    noise = random.Random(seed)
    raw = amf.write("connect", 1, {"app": "live", "deep": {"a": {"b": True}}}, None)
    broken = bytearray(raw[: noise.randrange(1, len(raw))])
    for _ in range(3):
        broken[noise.randrange(len(broken))] = noise.randrange(256)
    with contextlib.suppress(Unreadable):
        assert isinstance(amf.read(bytes(broken)), list)


@pytest.mark.parametrize("cut", range(0, 60, 3))
def test_a_cut_description_of_the_pictures_changes_nothing(aac: Reel, cut: int):
    tag = Tags()
    whole = avcc(aac.chunks[0])
    tag.picture(0, b"\x17\0\0\0\0" + whole[: min(cut, len(whole) - 1)])
    assert tag.video is None
    tag.picture(0, b"\x17\0\0\0\0" + whole)
    assert tag.video == replace(aac.video)
