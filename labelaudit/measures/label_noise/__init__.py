"""Label noise: suspected, estimated and audited."""
