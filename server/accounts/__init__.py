"""Who this is: communities, units, people, their links, codes and sessions. Plain rows, no facts.

Knows nothing of what is said in a meeting, and never tells one person about another.
"""

from server.accounts.joining import CONSENT, Joined, Joining, Wish

__all__ = ["CONSENT", "Accounts", "Joined", "Wish"]


class Accounts(Joining):
    """The accounts of one installation: made with the open store and the settings, then `start()`ed.

    Sessions (who is asking), Estates (places and rosters), Links (personal links) and Joining (the entrance) each
    stand in a module of that name.
    """

    async def remove_sample(self) -> list[str]:
        """Remove everything marked as sample in one step; returns the records that went with it."""
        records = await self.places.remove_sample()
        self._seen.clear()
        self._browsers.clear()
        self._place_of.clear()
        self._community_of.clear()
        self.heard([])
        return records
