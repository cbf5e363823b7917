"""The REST API and nothing but: building requests, reading answers, and transports stacked on one seam.

Never here: GraphQL words.
"""
