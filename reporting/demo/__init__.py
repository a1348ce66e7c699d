"""A small world to look at: two customers, two engagements, four months of generated history."""
