"""guardian: permissions for single rows."""
