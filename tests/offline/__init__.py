"""Devices, and what they hand in."""
