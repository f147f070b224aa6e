"""Agents: one file per kind, each with its record and its rules."""
