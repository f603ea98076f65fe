"""The sample: one invented community with a past meeting, one ready to open, and the people to look around as."""
