"""RSS, Atom, JSON Feed and OPML become entries."""
