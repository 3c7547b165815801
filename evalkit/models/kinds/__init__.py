"""One question a study asks a file."""
