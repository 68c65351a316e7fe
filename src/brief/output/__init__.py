"""Write summaries as text, Markdown, JSON and HTML."""
