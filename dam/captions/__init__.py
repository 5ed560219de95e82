"""Captions of versions: one row for each language, uploaded or made of what was recognised."""
