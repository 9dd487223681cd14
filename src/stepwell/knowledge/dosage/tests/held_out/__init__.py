"""Instructions nobody develops against; see the README beside this file."""
