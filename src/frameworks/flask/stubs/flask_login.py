"""flask_login: whoever is logged in is a row that a loader of the project reads."""

current_user = row_of(model_called("user"))
