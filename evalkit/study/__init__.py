"""The study folder and its nouns."""
