"""One platform a file: how its exports look."""
