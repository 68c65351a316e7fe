"""Read and check evaluation data: articles with reference bullets."""
