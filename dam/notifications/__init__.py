"""Telling people and programs what concerns them, in the page, by mail and by webhook.

They subscribe to the audit trail, and alerts of saved searches say what they found: nothing else in the
product calls them.
"""
