"""Question -> plan -> evidence -> checked answer."""
