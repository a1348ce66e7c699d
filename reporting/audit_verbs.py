"""What the record says of each act of this app: the words after the actor's name."""

SENTENCES: dict[str, str] = {}
