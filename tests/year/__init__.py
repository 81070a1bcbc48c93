"""A year of a library with three sites, and its figures reckoned a second time, by another road."""
