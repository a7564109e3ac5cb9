"""Cuts for a program that edits films: their clips, in sequence, to the frame."""
