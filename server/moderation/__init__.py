"""What a text is like and what is wrong with it, as far as a machine can say. Decides nothing."""
