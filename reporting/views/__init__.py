"""The pages of what is said: the DM's editor, the customer's status, what needs whom."""
