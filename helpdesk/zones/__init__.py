"""Places in the library: the plan of its zones, and how a text names one."""
