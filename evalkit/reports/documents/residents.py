"""Two pages of large type for residents, to be read aloud: short sentences, pictures, no table."""

from evalkit.reports.document_kind import DocumentKind

DOCUMENT = DocumentKind(
    "residents", 2, type_size="large", tables=False, compares=False, longest_sentence=15, most_pages=2
)
