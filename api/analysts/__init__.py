"""Analysts' own SQL about the published marts of their tenant."""
