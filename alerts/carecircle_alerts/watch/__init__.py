"""Watch: what the rules remember of one bed, and how its messages are put in order and judged (pure)."""
