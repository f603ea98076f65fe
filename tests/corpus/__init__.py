"""Texts on which the filter, the masking and the likeness are measured, and the programs that measure them."""
