"""The documents as published, with their manifest (data only)."""
