"""One format of tables a file."""
