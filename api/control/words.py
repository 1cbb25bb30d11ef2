"""The texts that clients may send to act on calls, each with its limits. Pure.

A pattern ends with "and nothing more", `(?![\\s\\S])`, where `$` would let the end of a line follow.
"""

from typing import Annotated

from msgspec import Meta

# No control characters, no ends of lines, and none of the invisible characters that turn a text's direction.
_TEXT = r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
# The same with ends of lines and tabs.
_LINES = r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
_END = r"(?![\s\S])"

CallId = Annotated[str, Meta(min_length=1, max_length=200, pattern=f"^{_TEXT}+{_END}", description="PBX:LINKEDID")]
AgentId = Annotated[
    str, Meta(min_length=1, max_length=200, pattern=f"^{_TEXT}+{_END}", description="as the live events call the agent")
]
ContactId = Annotated[str, Meta(min_length=1, max_length=200, pattern=f"^{_TEXT}+{_END}")]
# As one dials it; what may be dialled is decided where it is dialled.
Number = Annotated[str, Meta(pattern=rf"^\+?[0-9*#]{{1,20}}{_END}", description="digits, * and #, + before them")]
Notes = Annotated[str, Meta(max_length=4000, pattern=f"^{_LINES}*{_END}", description="text, in lines")]
Code = Annotated[str, Meta(min_length=1, max_length=40, pattern=rf"^[A-Za-z0-9_-]+{_END}")]
# `|` separates the fields of queue_log.
Reason = Annotated[str, Meta(max_length=80, pattern=rf"^(?!.*\|){_TEXT}*{_END}", description="why the agent pauses")]
Penalty = Annotated[int, Meta(ge=0, le=1000)]
