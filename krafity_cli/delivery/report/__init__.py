"""The report: a storyboard and what became of it, as one page for people to look at."""
