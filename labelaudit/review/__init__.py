"""What people are asked about a dataset's labels, and what they answered."""
