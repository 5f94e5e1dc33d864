"""One function for each action of the ORM; each loops over rows, so that the action is a finding."""

from .models import Author, Book, Profile, Tag


def foreign_key():
    for book in Book.objects.all():
        print(book.author.name)


def one_to_one_forward():
    for profile in Profile.objects.all():
        print(profile.author.name)


def one_to_one_reverse():
    for author in Author.objects.all():
        print(author.profile.pk)


def get_by_key():
    for book in Book.objects.all():
        Author.objects.get(pk=book.author_id)


def get_by_column():
    for book in Book.objects.all():
        Tag.objects.get(name=book.title)


def refresh():
    for author in Author.objects.all():
        author.refresh_from_db()


def reverse_all():
    for author in Author.objects.all():
        list(author.books.all())


def reverse_filter():
    for author in Author.objects.all():
        list(author.books.filter(price=0))


def filter_by_row():
    for author in Author.objects.all():
        list(Book.objects.filter(author=author))


def reverse_count():
    for author in Author.objects.all():
        author.books.count()


def reverse_exists():
    for author in Author.objects.all():
        author.books.exists()


def reverse_first():
    for author in Author.objects.all():
        author.books.first()


def reverse_last():
    for author in Author.objects.all():
        author.books.last()


def filter_first():
    for book in Book.objects.all():
        Author.objects.filter(pk=book.author_id).first()


def latest():
    for author in Author.objects.all():
        author.books.latest("price")


def ordered():
    for author in Author.objects.all():
        list(author.books.order_by("-price"))


def sliced():
    for author in Author.objects.all():
        list(author.books.order_by("title")[:3])


def many_to_many():
    for book in Book.objects.all():
        list(book.tags.all())


def many_to_many_reverse():
    for tag in Tag.objects.all():
        list(tag.books.all())


def many_to_many_count():
    for book in Book.objects.all():
        book.tags.count()


def many_to_many_exists():
    for book in Book.objects.all():
        book.tags.exists()


def many_to_many_add(tag):
    for book in Book.objects.all():
        book.tags.add(tag)


def many_to_many_clear():
    for book in Book.objects.all():
        book.tags.clear()


def deferred():
    for author in Author.objects.only("name"):
        print(author.email)


def select_related():
    for author in Author.objects.all():
        list(author.books.select_related("publisher"))


def save():
    for author in Author.objects.all():
        author.save()


def save_columns():
    for author in Author.objects.all():
        author.save(update_fields=["name"])


def update():
    for author in Author.objects.all():
        Author.objects.filter(pk=author.pk).update(name="changed")


def create():
    for author in Author.objects.all():
        Tag.objects.create(name=author.name)


def save_new():
    for author in Author.objects.all():
        Tag(name=author.name).save()


def delete():
    for tag in Tag.objects.all():
        tag.delete()


def bulk_delete():
    for author in Author.objects.all():
        Book.objects.filter(author=author).delete()


def icontains():
    for author in Author.objects.all():
        list(Book.objects.filter(title__icontains=author.name))


def startswith():
    for author in Author.objects.all():
        list(Book.objects.filter(title__startswith=author.name))


def in_list():
    for author in Author.objects.all():
        list(Book.objects.filter(pk__in=[author.pk, 1]))


def by_path():
    for author in Author.objects.all():
        list(Book.objects.filter(author__name=author.name))


def values_list():
    for author in Author.objects.all():
        list(author.books.values_list("title", flat=True))


def get_or_create():
    for author in Author.objects.all():
        Tag.objects.get_or_create(name=author.name)


def iterator():
    for author in Author.objects.all():
        list(author.books.iterator())


def is_null():
    for author in Author.objects.all():
        list(author.books.filter(publisher=None))
