"""Turn articles into summaries: the steps in their order, selection and the summary cache."""
