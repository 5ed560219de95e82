"""Is every stored file there, and as it was? `manage.py fsck` looks and repairs."""
