"""A survey: a site is looked at as a person would look at it, and nothing of it is stored."""
