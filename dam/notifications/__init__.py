"""Telling people and programs what concerns them, in the page, by mail and by webhook.

They subscribe to the audit trail: nothing else in the product calls them.
"""
