"""Sweeps: designs, replicates on threads, and the folder that keeps their rows."""
