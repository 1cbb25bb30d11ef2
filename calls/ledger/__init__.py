"""The ledger of a call: what AMI, queue_log, CEL and CDR each say of it, fact by fact, and why they differ."""
