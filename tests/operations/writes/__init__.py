"""What runs the writes, each kind by itself."""
