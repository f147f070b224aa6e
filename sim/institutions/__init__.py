"""Institutions: what acts on many agents at once."""
