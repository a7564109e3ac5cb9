"""The animatic: what it reads, paints out, and shoots."""
