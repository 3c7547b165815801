"""Scripts that redo an analysis elsewhere."""
