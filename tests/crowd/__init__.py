"""Programs that play a crowd and print figures. They assert counts, never times."""
