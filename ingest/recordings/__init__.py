"""What the PBX records goes from its spool, encrypted, into the store."""
