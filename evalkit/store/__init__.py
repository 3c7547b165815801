"""The store: tables, transactions, originals, audit trail. It knows ids only."""
