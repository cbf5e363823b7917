"""The door: GraphQL over HTTP as pure ASGI, the explorer, the schema as text, health, metrics, admin.

Never here: upstream paths, schema knowledge.
"""
