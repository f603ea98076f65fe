"""A store of objects that others serve: the interface, and one that speaks S3. Knows names and bytes, no stream.

The signature is AWS's version 4 for one fixed shape of request (no query, four headers); the libraries that bring it
weigh more than the whole server. Checked against AWS's own published example in tests/media/test_shelf.py.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import quote, urlsplit

import aiohttp

_PUBLIC_S = 1
TIMEOUT_S = 10.0


class Shelf(Protocol):
    """Where files can be put for others to fetch. Raises OSError for what could not be done."""

    async def put(self, name: str, data: bytes) -> None: ...

    async def remove(self, name: str) -> None: ...

    async def close(self) -> None: ...


class S3Shelf:
    """A bucket, addressed by path: `url` is endpoint and bucket (https://s3.example/council)."""

    def __init__(
        self,
        url: str,
        key: str,
        secret: str,
        region: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._url, self._key, self._secret, self._region, self._now = (
            url.rstrip("/"),
            key,
            secret,
            region,
            now,
        )
        self._client: aiohttp.ClientSession | None = None

    async def put(self, name: str, data: bytes) -> None:
        extra = {"Content-Type": "video/mp4", "Cache-Control": f"public, max-age={_PUBLIC_S}"}
        await self._send("PUT", name, data, extra)

    async def remove(self, name: str) -> None:
        await self._send("DELETE", name, b"", {})

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    async def _send(self, method: str, name: str, data: bytes, extra: dict[str, str]) -> None:
        if self._client is None:
            self._client = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S))
        url = f"{self._url}/{quote(name)}"
        signed = signature(
            method, url, data, key=self._key, secret=self._secret, region=self._region, at=self._now()
        )
        try:
            async with self._client.request(method, url, data=data, headers=signed | extra) as answer:
                if answer.status >= 300 and not (method == "DELETE" and answer.status == 404):
                    raise OSError(f"the store answered {answer.status}")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise OSError(f"the store did not answer: {type(error).__name__}") from error


def signature(
    method: str,
    url: str,
    data: bytes,
    *,
    key: str,
    secret: str,
    region: str,
    at: datetime,
    more: dict[str, str] | None = None,
) -> dict[str, str]:
    """The headers that sign a request (AWS signature version 4, service s3)."""
    parts = urlsplit(url)
    stamp, day = at.strftime("%Y%m%dT%H%M%SZ"), at.strftime("%Y%m%d")
    digest = hashlib.sha256(data).hexdigest()
    headers = {"host": parts.netloc, "x-amz-content-sha256": digest, "x-amz-date": stamp}
    headers |= {name.lower(): value for name, value in (more or {}).items()}
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = f"{method}\n{parts.path or '/'}\n{parts.query}\n{lines}\n{names}\n{digest}"
    scope = f"{day}/{region}/s3/aws4_request"
    to_sign = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signing = f"AWS4{secret}".encode()
    for piece in (day, region, "s3", "aws4_request"):
        signing = hmac.digest(signing, piece.encode(), "sha256")
    proof = hmac.digest(signing, to_sign.encode(), "sha256").hex()
    credential = f"AWS4-HMAC-SHA256 Credential={key}/{scope},SignedHeaders={names},Signature={proof}"
    return {name: value for name, value in headers.items() if name != "host"} | {"Authorization": credential}
