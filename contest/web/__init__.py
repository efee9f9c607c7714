"""The skin: templates, static files, filters, error pages. It imports no room."""
