"""Command line and page; no logic of their own."""
