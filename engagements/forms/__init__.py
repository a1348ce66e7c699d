"""Forms of engagements; one module per noun."""
