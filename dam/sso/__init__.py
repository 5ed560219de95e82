"""Signing in with the company: its providers, whose addresses they vouch for, and what their groups give."""
