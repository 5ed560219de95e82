"""Signing in with the company: allauth's providers, with the product's own rules on who is let in."""
