"""One function for each action of the ORM; each loops over rows, so that the action is a finding."""

from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, prefetch_related_objects

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


def all_rows():
    for author in Author.objects.all():
        list(Book.objects.all())


def get_by_id():
    for book in Book.objects.all():
        Author.objects.get(id=book.author_id)


def filter_by_key():
    for author in Author.objects.all():
        list(Book.objects.filter(author_id=author.pk))


def reverse_length():
    for author in Author.objects.all():
        len(author.books.all())


def reverse_truth():
    for author in Author.objects.all():
        if author.books.all():
            print(author.name)


def ordered_by_model():
    for book in Book.objects.all():
        list(book.chapters.all())


def reverse_contains():
    book = Book.objects.get(pk=1)
    for author in Author.objects.all():
        author.books.contains(book)


def indexed():
    for author in Author.objects.all():
        print(author.books.all()[0])


def earliest():
    for author in Author.objects.all():
        author.books.earliest("price")


def page():
    for author in Author.objects.all():
        list(Paginator(author.books.order_by("title"), 1).page(1))


def offset():
    for author in Author.objects.all():
        list(author.books.order_by("title")[1:3])


def many_to_many_set(tag):
    for book in Book.objects.all():
        book.tags.set([tag])


def many_to_many_remove(tag):
    for book in Book.objects.all():
        book.tags.remove(tag)


def many_to_many_filter():
    for book in Book.objects.all():
        list(book.tags.filter(name=book.title))


def deferred_by_name():
    for author in Author.objects.defer("email"):
        print(author.email)


def refresh_column():
    for author in Author.objects.all():
        author.refresh_from_db(fields=["name"])


def in_bulk():
    for author in Author.objects.all():
        Author.objects.in_bulk([author.pk, 1])


def prefetch_reverse():
    for _ in Author.objects.all():
        list(Author.objects.prefetch_related("books"))


def prefetch_foreign_key():
    for _ in Author.objects.all():
        list(Book.objects.prefetch_related("author"))


def prefetch_many_to_many():
    for _ in Author.objects.all():
        list(Book.objects.prefetch_related("tags"))


def prefetch_one_to_one():
    for _ in Author.objects.all():
        list(Author.objects.prefetch_related("profile"))


def prefetch_ordered():
    for _ in Author.objects.all():
        list(Book.objects.prefetch_related("chapters"))


def prefetch_later():
    for _ in Author.objects.all():
        authors = list(Author.objects.all())
        prefetch_related_objects(authors, "books")


def select_related_inner():
    for author in Author.objects.all():
        list(author.books.select_related("author"))


def update_or_create():
    for author in Author.objects.all():
        Author.objects.update_or_create(name=author.name, defaults={"email": "changed"})


def get_or_create_hit():
    for author in Author.objects.all():
        Author.objects.get_or_create(name=author.name)


def save_with_key():
    for author in Author.objects.all():
        Tag(pk=author.pk, name="again").save()


def bulk_create():
    for author in Author.objects.all():
        Tag.objects.bulk_create([Tag(name=author.name), Tag(name="other")])


def bulk_update():
    for author in Author.objects.all():
        Author.objects.bulk_update([author], ["name"])


def delete_cascade():
    for author in Author.objects.all():
        author.delete()


def select_for_update():
    for author in Author.objects.all():
        Author.objects.select_for_update().get(pk=author.pk)


def iexact():
    for author in Author.objects.all():
        list(Book.objects.filter(title__iexact=author.name))


def annotate_count():
    for author in Author.objects.all():
        list(Author.objects.filter(name=author.name).annotate(number=Count("books")))


def exclude():
    for author in Author.objects.all():
        list(Book.objects.exclude(title=author.name))


def exclude_many():
    for author in Author.objects.all():
        list(Author.objects.exclude(books__title=author.name))


def exists_subquery():
    for author in Author.objects.all():
        list(Author.objects.filter(Exists(Book.objects.filter(author=OuterRef("pk"), title=author.name))))


def values():
    for author in Author.objects.all():
        list(author.books.values("title", "price"))


def values_by_path():
    for author in Author.objects.all():
        list(Book.objects.filter(title=author.name).values_list("author__name"))


def aggregate():
    for author in Author.objects.all():
        author.books.aggregate(Count("id"))
