from flask import Blueprint, render_template

from .models import Ticket, db

pages = Blueprint("pages", __name__)


@pages.route("/labels")
def labels():
    return render_template("labels.html", page=db.paginate(db.select(Ticket)))
