"""Gold sets, metrics, runs, comparison, report."""
