"""rules.contrib: what models and views have to do with permissions."""
