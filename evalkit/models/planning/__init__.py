"""The plan held against the study, locked, and compared with what became of it."""
