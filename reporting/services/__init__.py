"""Everything that writes what is said about an engagement."""
