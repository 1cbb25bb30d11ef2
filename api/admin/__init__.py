"""What administrators do: tenants, users, extensions, queues, dispositions, and the log of who changed what."""
