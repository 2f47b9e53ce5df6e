"""What a release carries, and how a consumer checks it."""
