"""The pages, thin: each opens the data, asks a presenter, and shows a template."""
