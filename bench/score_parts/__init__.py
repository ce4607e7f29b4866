"""Parts of the score: homes lived through, and what the rules said held against what happened."""
