"""Feeding batches to a session in one process."""
