"""Two pages for partner organisations: what changed, how sure that is, what cannot be said."""

from evalkit.reports.document_kind import DocumentKind

DOCUMENT = DocumentKind("partners", 1, tables=False, most_pages=2)
