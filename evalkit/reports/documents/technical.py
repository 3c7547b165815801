"""Everything that a reviewer needs to judge the results and to compute them again."""

from evalkit.reports.document_kind import DocumentKind

DOCUMENT = DocumentKind("technical", 3)
