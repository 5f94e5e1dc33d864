from flask import Flask, jsonify
from flask_login import LoginManager, current_user
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
db = SQLAlchemy(app)
login = LoginManager(app)


class Subject(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    title = db.Column(db.String(40))


class Essay(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    author_id = db.Column(db.ForeignKey("user.id"))
    subject_id = db.Column(db.ForeignKey("subject.id"))
    subject = db.relationship(Subject)


class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    essays = db.relationship(Essay)


@login.user_loader
def load(key):
    return db.session.get(User, key)


@app.get("/essays")
def essays():
    return jsonify([essay.subject.title for essay in current_user.essays])  # expect[lazy-load-per-row]
