from flask import Flask

from .models import db
from .views import pages


def create_app():
    app = Flask(__name__)
    db.init_app(app)
    app.register_blueprint(pages)
    return app
