URL = "postgresql+psycopg://localhost/shop"
