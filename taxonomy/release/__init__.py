"""Releases: what is published, one module a format."""
