"""The morning briefing: collect new articles, group them into stories, publish one page."""
