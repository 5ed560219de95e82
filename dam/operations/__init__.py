"""Whether the installation does well: what is stored and how it grows, backups, work that waits or failed."""
