"""Answers: in from files, into the store, checked."""
