"""The report as Markdown: a summary of a job, and a part of a card."""
