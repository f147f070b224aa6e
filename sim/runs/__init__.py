"""Runs of given scenarios, whoever asks: chunks, workers, executors, one replicate to watch, totals."""
