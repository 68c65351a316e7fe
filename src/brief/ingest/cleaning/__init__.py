"""Clean scraped page text: label each line as body, headline, caption, furniture and so on."""
