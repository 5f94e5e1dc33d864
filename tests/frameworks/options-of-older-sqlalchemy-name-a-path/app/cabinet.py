"""Counted on SQLAlchemy 1.3.24, which still has `..._all` and `eagerload`."""

from sqlalchemy.orm import eagerload, joinedload, subqueryload_all

from .models import Folder, Paper


def each_step(session):
    folders = session.query(Folder).options(subqueryload_all(Folder.papers, Paper.author))
    return [[paper.author.name for paper in folder.papers] for folder in folders]


def last_step(session):
    folders = session.query(Folder).options(joinedload(Folder.papers, Paper.author))
    return [[paper.author.name for paper in folder.papers] for folder in folders]  # expect[related-query-per-row]


def last_step_of_a_text(session):
    folders = session.query(Folder).options(joinedload("papers.author"))
    return [[paper.author.name for paper in folder.papers] for folder in folders]  # expect[related-query-per-row]


def one_step(session):
    folders = session.query(Folder).options(eagerload("papers"))
    return [[paper.author.name for paper in folder.papers] for folder in folders]  # expect[lazy-load-per-row]
