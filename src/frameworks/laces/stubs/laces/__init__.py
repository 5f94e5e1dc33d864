"""laces: objects that know the template they are shown with."""
