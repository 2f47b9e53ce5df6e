"""What several annotators of an item say."""
