"""Live video and its recording: what a publisher encodes is repackaged as HLS, never transcoded, and kept.

Imports nothing of the council; who may publish or watch and what a state means come in from outside.
"""

from server.media.chunk import PART_US, AudioConfig, Chunk, Limits, VideoConfig
from server.media.elsewhere import Elsewhere
from server.media.feed_file import Unfit, play_file, record_file
from server.media.films import Caption, Film
from server.media.playback import Media, mount
from server.media.recogniser import Heard, Hears, Program
from server.media.relay import Relay, Side
from server.media.session import Session, Taken
from server.media.shelf import S3Shelf
from server.media.veil import Veil

__all__ = [
    "PART_US",
    "AudioConfig",
    "Caption",
    "Chunk",
    "Elsewhere",
    "Film",
    "Heard",
    "Hears",
    "Limits",
    "Media",
    "Program",
    "Relay",
    "S3Shelf",
    "Session",
    "Side",
    "Taken",
    "Unfit",
    "Veil",
    "VideoConfig",
    "mount",
    "play_file",
    "record_file",
]
