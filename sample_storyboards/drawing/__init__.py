"""Ink, watercolour and paper by code: the hand that drew the sample storyboards."""
