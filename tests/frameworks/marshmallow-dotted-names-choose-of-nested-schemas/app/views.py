from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from .models import Invoice
from .schemas import InvoiceSchema, ReminderSchema

names_of_customers = InvoiceSchema(many=True, only=("number", "customer.name"))
plain_lines = InvoiceSchema(many=True, only=("number", "lines"), exclude=("lines.country",))
countries = InvoiceSchema(many=True, only=("customer.country.name",), exclude=("customer.name",))
without_countries = InvoiceSchema(many=True, exclude=("customer.country", "lines.country"))


def customers(session: Session):
    return names_of_customers.dump(session.scalars(select(Invoice)).all())  # expect[lazy-load-per-row]


def customers_joined(session: Session):
    return names_of_customers.dump(session.scalars(select(Invoice).options(joinedload(Invoice.customer))).all())


def lines(session: Session):
    return plain_lines.dump(session.scalars(select(Invoice)).all())


def lines_with_countries(session: Session):
    invoices = session.scalars(select(Invoice)).all()
    return InvoiceSchema(many=True, only=("lines.text", "lines.country.name")).dump(invoices)  # expect[lazy-load-per-row]


def countries_of_customers(session: Session):
    invoices = session.scalars(select(Invoice).options(joinedload(Invoice.customer))).all()
    return countries.dump(invoices)  # expect[lazy-load-per-row]


def no_countries(session: Session):
    invoices = session.scalars(select(Invoice).options(joinedload(Invoice.customer))).all()
    return without_countries.dump(invoices)


def reminders(session: Session):
    invoices = session.scalars(select(Invoice).options(joinedload(Invoice.customer))).all()
    return ReminderSchema(many=True).dump(invoices)


def reminders_one_by_one(session: Session):
    return ReminderSchema(many=True).dump(session.scalars(select(Invoice)).all())  # expect[lazy-load-per-row]
