"""What leaves for other tools: one target a file."""
