"""The first run: pages that only whoever has the link from the terminal sees, until there are people."""
