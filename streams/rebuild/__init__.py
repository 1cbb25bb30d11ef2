"""Calls derived anew from the archive, held against PostgreSQL, and mended there."""
