"""Text in SQL statements. Imports nothing, so that what has to be small may use it."""


def quoted(text: str) -> str:
    """`text` as a SQL string."""
    return "'" + text.replace("'", "''") + "'"
