"""One adapter to a fitting engine a file."""
