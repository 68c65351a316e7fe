"""Group articles into stories: near-copies, clustering, merged bullets."""
