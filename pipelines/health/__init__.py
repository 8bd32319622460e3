"""Health: what outlets give a day, beside what they usually give, and the verdict on each."""
