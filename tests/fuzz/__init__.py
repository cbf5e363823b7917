"""What strangers send, made by a machine that watches which lines it reaches."""
