"""The rows of role_table.py, a module for each area."""
