"""`python3 -m server people --sample N`: proved residents of the sample, for programs that play a crowd.

Works beside a running server on the same database. Refuses where there is no sample meeting.
"""

import asyncio
import json
import sys
import time
from typing import Any


def main(settings: Any, count: int) -> int:
    """Print one JSON line a resident: `{"cookie", "token", "record"}`; `cookie` is a Cookie header. 1 without sample."""
    return asyncio.run(_print(settings, count))


async def _print(settings: Any, count: int) -> int:
    from server.accounts import Accounts
    from server.sample.community import meeting_at_hand
    from server.store import open_store

    store = await open_store(settings.database_url, data=settings.data)
    accounts = Accounts(store, settings)
    await accounts.start()
    try:
        record = await meeting_at_hand(accounts)
        if record is None:
            print("there is no sample here: start the server once without --empty", file=sys.stderr)
            return 1
        name = accounts.cookie_name(settings.secure)
        for token in await accounts.crowd(record, count, time.time_ns() // 1_000_000):
            print(json.dumps({"cookie": f"{name}={token}", "token": token, "record": record}))
    finally:
        await accounts.stop()
        await store.close()
    return 0
