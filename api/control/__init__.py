"""Calls and agents acted on through the PBX: what is asked for, done once or not at all, and what came of it."""
