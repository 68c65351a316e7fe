"""Read news sources: feeds, OPML lists, URL lists, folders, files of rows."""
