"""One figure a file; figures draw disclosed tables only."""
