"""One scoring rule a file."""
