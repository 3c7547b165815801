"""Documents without a language: blocks, and the renderers that print them."""
