"""What there is about a person, handed out or erased, and how long callers are kept."""
