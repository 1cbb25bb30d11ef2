"""The language of a call: events, the reducer, live state and metrics. Pure: no I/O, no clock, no environment."""
