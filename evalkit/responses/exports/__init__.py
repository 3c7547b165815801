"""Exports of survey platforms, read without a map."""
