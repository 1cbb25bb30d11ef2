"""Calls that were: searched by what a report counts, and one of them with all that proves it."""
