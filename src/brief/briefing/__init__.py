"""The morning briefing: what is new, grouped into stories, on one page by breakfast."""
