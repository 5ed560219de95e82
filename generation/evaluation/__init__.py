"""Judging what a generator draws: clips of an exported folder, their scores, and a sheet to look at."""
