"""What the engines for Google's models share."""
