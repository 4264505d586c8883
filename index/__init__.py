"""Passages -> vectors and Dutch terms on disk; hybrid search with filters inside the search."""
