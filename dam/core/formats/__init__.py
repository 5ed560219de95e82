"""How dates and numbers are written in each language; Django knows what is not said here."""
