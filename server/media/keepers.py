"""Which of several processes keeps a record's media: takes its publisher, numbers and writes its segments, makes its
playlists. Knows no HTTP and no stream; decides nothing but who.

A lock of the operating system on one small file a record says who. It cannot be held by the dead, needs no clock and
no lease, and whoever is merely slow still has it: two processes never number the same recording.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

HTTP, RTMP = "http", "rtmp"
"""The two sockets in a process's own folder on which it hears the others."""
_LONGEST = 200


class Keepers:
    """The locks of this process. `folder` is the same for all processes that serve these recordings."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[str, int] = {}
        # A name of a socket has 107 bytes at most: the data folder's may be longer. Mode 0700: nobody else's.
        self.inside = Path(tempfile.mkdtemp(prefix="sun-"))

    def keeps(self, record: str) -> bool:
        """Whether this process does."""
        return record in self._held

    def kept(self) -> list[str]:
        """What this process keeps."""
        return list(self._held)

    def take(self, record: str) -> bool:
        """Keep it from now on, unless somebody else does."""
        if record in self._held:
            return True
        self._folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._file(record), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            return False
        os.truncate(handle, 0)
        os.write(handle, str(self.inside).encode())
        self._held[record] = handle
        return True

    def where(self, record: str) -> Path | None:
        """The folder of the process that said last that it keeps it; it may be gone."""
        with suppress(FileNotFoundError):
            told = self._file(record).read_text()[:_LONGEST]
            if told:
                return Path(told)
        return None

    def leave(self, record: str) -> None:
        """Keep it no longer. The file stays: taken away, two could hold locks on two files of one name."""
        handle = self._held.pop(record, None)
        if handle is not None:
            os.close(handle)

    def close(self) -> None:
        """Keep nothing any more."""
        for record in list(self._held):
            self.leave(record)
        shutil.rmtree(self.inside, ignore_errors=True)

    def _file(self, record: str) -> Path:
        return self._folder / record.replace(":", "-", 1)
