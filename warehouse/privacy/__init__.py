"""Forgetting a person: what the warehouse takes out of tables, lake, marts, logs and snapshots, and the proof of it."""
