"""Every change of an engagement and what belongs to it; one module per noun."""
