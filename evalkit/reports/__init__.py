"""Reports from scored, fitted and disclosed results."""
