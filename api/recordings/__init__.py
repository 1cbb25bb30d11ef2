"""Recordings as they are listed, played and deleted, and the keys that open them."""
