"""Diagnostics of a fitted mixed model, one a file: small tables, and what is odd in them."""
