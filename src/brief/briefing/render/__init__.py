"""An edition becomes a page, an e-mail, a feed and JSON."""
