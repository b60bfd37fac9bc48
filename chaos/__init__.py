"""Faults done to whole services on purpose, and what became of the jobs that were accepted."""
