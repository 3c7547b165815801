"""The page of diagnostics of a fit, one part a file; for the technical reader."""
