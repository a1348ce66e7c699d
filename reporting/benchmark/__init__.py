"""What pages cost in a portal of a given size: its world, the measuring, and the verdict."""
