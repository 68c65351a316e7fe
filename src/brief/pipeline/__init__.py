"""The steps from article to summary, in their order, with the summary cache."""
