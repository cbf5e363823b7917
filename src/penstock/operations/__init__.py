"""One request's way through GraphQL: document, limits, prepared operation, run by a plan or by the reference executor.

Never here: upstream paths, header names.
"""
