"""The rules of the Noiseline, each on its own."""
