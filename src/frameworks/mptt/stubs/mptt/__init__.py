"""django-mptt: trees whose rows hold two numbers that enclose those of all rows below."""
