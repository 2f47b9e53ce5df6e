"""From a report to text: HTML, JSON, SVG and the terminal."""
