"""The texts and numbers that administrators may give, each with its limits. A text has no control characters. Pure.

A pattern ends with "and nothing more", `(?![\\s\\S])`, where `$` would let the end of a line follow.
"""

from typing import Annotated

from msgspec import Meta

# No control characters, no spaces at the ends, and none of the invisible characters that turn a text's direction.
_TEXT = r"^(?!\s)[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+(?<!\s)(?![\s\S])"

Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=_TEXT, description="printable, no spaces at its ends")]
Username = Annotated[
    str,
    Meta(min_length=2, max_length=100, pattern=r"^[\w.@+-]+(?![\s\S])", description="letters, digits and . @ + - _"),
]
# NIST SP 800-63B: length is what counts. It also rules out the short numbers that telephones have for passwords.
NewPassword = Annotated[str, Meta(min_length=10, max_length=1000, description="at least ten characters")]
TenantId = Annotated[
    str,
    Meta(
        min_length=1, max_length=63, pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(?![\s\S])", description="a-z, 0-9 and -"
    ),
]
Code = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[A-Z0-9_]+(?![\s\S])", description="A-Z, 0-9 and _")]
PbxName = Annotated[
    str, Meta(min_length=1, max_length=100, pattern=r"^[\w.-]+(?![\s\S])", description="the PBX's systemname")
]
Interface = Annotated[
    str,
    Meta(min_length=3, max_length=100, pattern=r"^[A-Za-z0-9]+/[\w.@/+-]+(?![\s\S])", description="as PJSIP/1001"),
]
Extension = Annotated[
    str, Meta(min_length=1, max_length=40, pattern=r"^[\w.+*#-]+(?![\s\S])", description="what the agent signs in with")
]
Seconds = Annotated[float, Meta(ge=0, le=86_400)]
Ratio = Annotated[float, Meta(ge=0, le=1)]
