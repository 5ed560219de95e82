"""Recalls: who took copies of a release that was withdrawn, and who has confirmed that theirs are down."""
