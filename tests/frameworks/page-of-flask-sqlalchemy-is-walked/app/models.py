from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()


class Label(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    word = db.Column(db.String(20))
    ticket_id = db.Column(db.ForeignKey("ticket.id"), index=True)


class Ticket(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    labels = db.relationship(Label)
