"""One document of a year a file: who reads it, and which rules hold."""
