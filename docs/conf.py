"""How the pages of docs/ become a site: sphinx-build -W docs build/docs."""

project = "evalkit"
author = "the evalkit authors"
copyright = "GPL-3.0-or-later"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["images"]
html_theme = "furo"
html_title = "evalkit"
myst_heading_anchors = 3
autodoc_typehints = "none"
napoleon_google_docstring = False
# Pages link to files of the project, which are no pages of the site.
suppress_warnings = ["myst.xref_missing"]
