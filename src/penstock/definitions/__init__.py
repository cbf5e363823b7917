"""What a store says about its custom data: definitions, the quarantine of what cannot be read, names, rules, fingerprint.

Never here: GraphQL types, I/O.
"""
