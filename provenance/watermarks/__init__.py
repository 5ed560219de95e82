"""Invisible watermarks: what each was put into, and finding them again."""
