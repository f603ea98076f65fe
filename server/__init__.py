"""The server: everything that waits. This file imports nothing, so that set-up runs on a bare Python."""
