"""Edge: the SQLite ledger of cases."""
