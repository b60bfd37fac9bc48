"""The verbs of a user. They talk to a service over HTTP and know nothing else of it."""
