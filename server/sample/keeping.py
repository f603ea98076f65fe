"""The past meeting's recording, made and put where the archive plays it from, in a process of its own.

That process is niced: a council on the same machine comes first. Cut off at any point, it starts again next time.
"""

import asyncio
import fcntl
import os
import shutil
import signal
import sys
from pathlib import Path

from server.sample.cast import ms
from server.sample.programme import read_council
from server.sample.recording import Progress, make

_NICE = 15


def keep(film: Path, root: Path, record: str, progress: Progress | None = None) -> None:
    """Make the film, unless it is there from a try that was cut off later, and make it the record's recording.

    What is left of an unfinished recording of this record goes first. The film itself is not kept. Blocking.
    """
    from server.media import record_file
    from server.media.playback import folder
    from server.media.recorder import Recorder

    council = read_council()
    # A server killed outright leaves its maker behind: the next start's waits here, and finds the work done.
    with film.with_name("sample-recording.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if Recorder(folder(root, record)).load().ended:
            return
        if not film.exists():
            make(film, council, progress)
        shutil.rmtree(folder(root, record), ignore_errors=True)
        record_file(root, record, film, ms(council["meeting"]["actual_start"]))
        film.unlink()


async def keep_in_background(film: Path, root: Path, record: str, progress: Progress | None = None) -> None:
    """Do the same in a process with low priority; a cancelled call ends that process.

    Raises OSError with the process's last words when it fails.
    """
    making = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "server.sample.keeping",
        os.fspath(film.resolve()),
        os.fspath(root.resolve()),
        record,
        cwd=Path(__file__).resolve().parents[2],
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert making.stdout is not None
    assert making.stderr is not None
    complaints = asyncio.create_task(making.stderr.read())
    try:
        async for line in making.stdout:
            done, total = line.split()
            if progress is not None:
                progress(float(done), float(total))
        code = await making.wait()
    finally:
        if making.returncode is None:
            making.send_signal(signal.SIGTERM)
            await making.wait()
    said = (await complaints).decode(errors="replace").strip().splitlines()
    if code != 0:
        raise OSError(said[-1] if said else f"making the sample's recording ended with {code}")


def _main(film: str, root: str, record: str) -> None:
    os.nice(_NICE)

    def report(done: float, total: float) -> None:
        sys.stdout.write(f"{done:.0f} {total:.0f}\n")
        sys.stdout.flush()

    keep(Path(film), Path(root), record, report)


if __name__ == "__main__":
    _main(*sys.argv[1:])
