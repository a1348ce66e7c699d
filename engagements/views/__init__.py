"""Pages of engagements; one module per noun."""
