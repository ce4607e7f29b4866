"""Parts of the surge: a country of clustered calls, those who could go, and what became of them."""
