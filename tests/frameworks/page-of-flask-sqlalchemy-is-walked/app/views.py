from flask import Blueprint, render_template
from sqlalchemy import func

from .models import Label, Ticket, db

pages = Blueprint("pages", __name__)


@pages.route("/labels")
def labels():
    return render_template("labels.html", page=db.paginate(db.select(Ticket)))


@pages.route("/counted")
def counted():
    page = db.session.query(func.count(Label.id), Ticket).join(Label).group_by(Ticket.id).paginate()
    return [[number, len(ticket.labels)] for number, ticket in page.items]  # expect[related-query-per-row] "Ticket.labels"
