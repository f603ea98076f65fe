"""The live room: who takes commands, who tells what changed, what is only air."""
