"""Plans against the reference executor: one truth, shown by random operations over random stores and rows."""
