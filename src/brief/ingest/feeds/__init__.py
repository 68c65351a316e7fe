"""Parse RSS, Atom and JSON feeds, and OPML lists of feeds."""
