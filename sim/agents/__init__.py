"""Agents: one file a kind, each with its record and its rules."""
