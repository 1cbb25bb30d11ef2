"""calls/certificates.py: the file is what the hash is of."""

import hashlib
import json

from calls.certificates import file_of, hash_of, is_intact

BODY = {"request": "r", "figures": {"unchanged": True, "days": [1, 2.5, "ü"]}, "erased": {"b": 1, "a": 2}}


def test_the_file_has_the_hash_that_the_certificate_was_given() -> None:
    certificate = BODY | {"hash": hash_of(BODY)}
    assert hashlib.sha256(file_of(certificate)).hexdigest() == certificate["hash"]
    assert json.loads(file_of(certificate)) == BODY and is_intact(certificate)
    assert not is_intact(certificate | {"request": "s"}) and not is_intact(BODY)
