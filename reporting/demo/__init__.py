"""A small world to look at: three customers, six engagements, eight months of generated history."""
