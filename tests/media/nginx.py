"""Debian's nginx with its RTMP module, started from our own configuration on ports of its own."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
MODULE = Path("/usr/lib/nginx/modules/ngx_rtmp_module.so")
HERE = NGINX is not None and MODULE.exists()
OURS = Path(__file__).parent.parent.parent / "deploy" / "nginx-rtmp.conf"


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@asynccontextmanager
async def nginx(folder: Path, text: str, port: int) -> AsyncIterator[Path]:
    """nginx with this configuration; yields where it writes its errors."""
    folder.mkdir(parents=True, exist_ok=True)
    path, log = folder / "nginx.conf", folder / "error.log"
    path.write_text(text)
    with log.open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            NGINX or "", "-p", str(folder), "-c", str(path), "-g", "daemon off;", stderr=stderr
        )
    try:
        for _ in range(200):
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            except OSError:
                await asyncio.sleep(0.05)
        yield log
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def ours(folder: Path, port: int, council: str, secret: str) -> str:
    """The configuration of deploy/, filled in as its container does."""
    text = OURS.read_text().replace("COUNCIL", council).replace("SECRET", secret)
    text = text.replace("LISTEN", f"127.0.0.1:{port}").replace("/tmp/nginx-rtmp.pid", f"{folder}/pid")
    return f"user root;\n{text}"
