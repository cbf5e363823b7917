"""The product as a stranger meets it: a store, a gateway, sockets."""
