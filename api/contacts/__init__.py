"""Who callers are: a tenant's list of contacts, and how the live view finds a caller in it."""
