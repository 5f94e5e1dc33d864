//! Linking small projects: imports, classes, models.

use super::{Binding, ClassRef, ManagerClass, Model, Program, RelationKind};
use crate::syntax::Name;

const AUTHOR: &str = "from django.db import models\nclass Author(models.Model):\n    name = models.TextField()\n";

fn model<'a>(program: &'a Program, label: &str) -> &'a Model {
    program.schema.by_label(label).unwrap()
}

/// `Class shop.models.Book` and the like, for a name at the top of a module.
fn meaning(program: &Program, module: &str, name: &str) -> String {
    let module = program.by_name[&Name::new(module)];
    match program.lookup(module, Name::new(name)) {
        Some(Binding::Class(id)) => format!("class {}", program.class_path(ClassRef::Known(id))),
        Some(Binding::Module(id)) => format!("module {}", program.module(id).name),
        Some(Binding::Function(function)) => format!("function {}", function.qualified),
        Some(Binding::Variable(home, name)) => format!("variable {}.{name}", program.module(home).name),
        Some(Binding::External(path)) => format!("external {path}"),
        None => "nothing".to_owned(),
    }
}

fn accessors(program: &Program, label: &str) -> Vec<String> {
    let relations = model(program, label).relations.iter();
    relations
        .map(|relation| {
            let target = relation.target.map_or("?".into(), |target| program.schema.model(target).label.to_string());
            format!("{} {:?} {target}", relation.name, relation.kind)
        })
        .collect()
}

#[test]
fn names_come_through_packages_aliases_and_stars() {
    let program = Program::from_sources(&[
        ("shop/__init__.py", ""),
        ("shop/models/__init__.py", "from .author import *\nfrom .author import Author as Writer\n"),
        ("shop/models/author.py", &format!("__all__ = ['Author', 'LIMIT']\n{AUTHOR}LIMIT = 3\nhidden = 1\n")),
        (
            "shop/views.py",
            "from shop import models\nfrom .models import Author, LIMIT as TOP, hidden\nimport shop.models as m\nimport shop.views\n",
        ),
    ]);
    assert_eq!(meaning(&program, "shop.views", "Author"), "class shop.models.author.Author");
    assert_eq!(meaning(&program, "shop.views", "TOP"), "variable shop.models.author.LIMIT");
    assert_eq!(meaning(&program, "shop.views", "hidden"), "external shop.models.hidden");
    assert_eq!(meaning(&program, "shop.views", "models"), "module shop.models");
    assert_eq!(meaning(&program, "shop.views", "m"), "module shop.models");
    assert_eq!(meaning(&program, "shop.views", "shop"), "module shop");
    assert_eq!(meaning(&program, "shop.models", "Writer"), "class shop.models.author.Author");
}

#[test]
fn apps_are_imported_from_where_manage_py_lies_and_from_what_it_searches() {
    let project = |manage: &'static str| {
        let program = Program::from_sources(&[
            ("manage.py", manage),
            ("house/__init__.py", ""),
            ("house/shop/__init__.py", ""),
            ("house/shop/models.py", AUTHOR),
            ("house/till/views.py", "from shop.models import Author\n"),
        ]);
        meaning(&program, "house.till.views", "Author")
    };
    assert_eq!(project("import sys\nsys.path.append('house')\n"), "class house.shop.models.Author");
    assert_eq!(project("import sys\nsys.path.append('barn')\n"), "external shop.models.Author");

    let program = Program::from_sources(&[
        ("house/__init__.py", ""),
        ("house/manage.py", ""),
        ("house/shop/__init__.py", ""),
        ("house/shop/models.py", AUTHOR),
        ("house/till/views.py", "from shop.models import Author\n"),
    ]);
    assert_eq!(meaning(&program, "house.till.views", "Author"), "class house.shop.models.Author");
}

#[test]
fn in_python_2_a_bare_import_means_the_neighbour() {
    let old = "from loans import Loan\nimport shelf\n\ndef show(loans):\n    print \"%s\" % loans\n";
    let project = |views: &'static str| {
        Program::from_sources(&[
            ("shop/__init__.py", ""),
            ("shop/loans.py", "class Loan: pass\n"),
            ("shop/shelf.py", "import shelf\n"),
            ("shop/views.py", views),
        ])
    };
    let program = project(old);
    assert_eq!(meaning(&program, "shop.views", "Loan"), "class shop.loans.Loan");
    assert_eq!(meaning(&program, "shop.views", "shelf"), "module shop.shelf");
    assert_eq!(meaning(&program, "shop.shelf", "shelf"), "external shelf");
    let program = project("from loans import Loan\n\ndef show(loans) -> None:\n    print(f\"{loans}\")\n");
    assert_eq!(meaning(&program, "shop.views", "Loan"), "external loans.Loan");
}

#[test]
fn each_star_lets_through_what_another_keeps_back() {
    let program = Program::from_sources(&[
        ("shop/__init__.py", ""),
        ("shop/models/__init__.py", "from .city import *\nfrom .base import *\n"),
        ("shop/models/base.py", "class Named: pass\nclass Meeting: pass\n"),
        ("shop/models/city.py", "from .base import *\n__all__ = ['City']\nclass City(Named): pass\n"),
        ("shop/views.py", "from shop.models import *\n"),
    ]);
    assert_eq!(meaning(&program, "shop.models", "Meeting"), "class shop.models.base.Meeting");
    assert_eq!(meaning(&program, "shop.views", "Meeting"), "class shop.models.base.Meeting");
    assert_eq!(meaning(&program, "shop.views", "City"), "class shop.models.city.City");
}

#[test]
fn circles_of_stars_end() {
    let modules: Vec<(String, String)> = (0..40)
        .map(|own| {
            let stars: String =
                (0..40).filter(|other| *other != own).map(|other| format!("from m{other} import *\n")).collect();
            (format!("m{own}.py"), format!("{stars}class C{own}: pass\n"))
        })
        .collect();
    let sources: Vec<(&str, &str)> = modules.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let program = Program::from_sources(&sources);
    assert_eq!(meaning(&program, "m0", "C39"), "class m39.C39");
    assert_eq!(meaning(&program, "m39", "C0"), "class m0.C0");
}

#[test]
fn what_is_put_on_a_class_from_outside_is_its_member() {
    let program = Program::from_sources(&[
        ("shop/models.py", AUTHOR),
        (
            "shop/more.py",
            "from .models import Author\ndef one(self): pass\ndef other(self): pass\nAuthor.add_to_class('one', one)\nAuthor.twice = one\nsetattr(Author, 'twice', other)\nAuthor.name = one\nAuthor.other = property(other)\n",
        ),
        ("shop/tests/test_more.py", "from shop.models import Author\ndef f(self): pass\nAuthor.tested = f\n"),
    ]);
    let class = model(&program, "shop.Author").class;
    let member = |name: &str| match program.member(class, Name::new(name), None) {
        Some((_, super::Member::Function(function), _)) => format!("function {}", function.name),
        Some((_, super::Member::Property(function), _)) => format!("property {}", function.name),
        Some(_) => "of the class".to_owned(),
        None => "nothing".to_owned(),
    };
    assert_eq!(member("one"), "function one");
    assert_eq!(member("other"), "property other");
    assert_eq!(member("name"), "of the class");
    assert_eq!(member("twice"), "nothing");
    assert_eq!(member("tested"), "nothing");
}

#[test]
fn import_circles_end() {
    let program = Program::from_sources(&[
        ("a.py", "from b import *\nfrom b import X\n"),
        ("b.py", "from a import *\nfrom a import X, Y\nclass Z: pass\n"),
    ]);
    assert_eq!(meaning(&program, "a", "Z"), "class b.Z");
    assert!(meaning(&program, "a", "X").starts_with("external"));
}

#[test]
fn known_code_wins_over_unknown_code_in_branches() {
    let program = Program::from_sources(&[
        ("own.py", "class Tool: pass\n"),
        (
            "use.py",
            "try:\n    from fast import Tool\nexcept ImportError:\n    from own import Tool\ntry:\n    import ujson as json\nexcept ImportError:\n    json = None\n",
        ),
    ]);
    assert_eq!(meaning(&program, "use", "Tool"), "class own.Tool");
    assert_eq!(meaning(&program, "use", "json"), "external ujson");
}

#[test]
fn an_absolute_import_finds_a_file_deeper_in_the_repository() {
    let program = Program::from_sources(&[
        ("backend/shop/models.py", AUTHOR),
        ("backend/run.py", "from shop.models import Author\nimport json\n"),
        ("tools/json.py", ""),
    ]);
    let run = program.modules.iter().find(|module| module.name.ends_with("run")).unwrap();
    assert_eq!(meaning(&program, &run.name, "Author"), "class backend.shop.models.Author");
    assert_eq!(meaning(&program, &run.name, "json"), "external json");
}

#[test]
fn the_order_of_bases_is_that_of_python() {
    let program = Program::from_sources(&[(
        "m.py",
        "import six\nfrom x import Far\nclass A: pass\nclass B(A): pass\nclass C(A, Far): pass\nclass D(six.with_metaclass(type, B, C)): pass\nclass E(D[int], object): pass\n",
    )]);
    let class = |name: &str| match program.lookup(program.by_name[&Name::new("m")], Name::new(name)) {
        Some(Binding::Class(id)) => id,
        _ => panic!("no class {name}"),
    };
    let order: Vec<_> = program.class(class("E")).mro.iter().map(|entry| program.class_path(*entry)).collect();
    assert_eq!(order, ["m.E", "m.D", "m.B", "m.C", "m.A", "x.Far"]);
    assert_eq!(program.class(class("A")).subclasses, [class("B"), class("C")]);
}

#[test]
fn relations_are_seen_from_both_sides() {
    let program = Program::from_sources(&[(
        "shop/models.py",
        &format!(
            "{AUTHOR}class Book(models.Model):\n    author = models.ForeignKey('Author', models.CASCADE, null=True, related_name='books')\n    tags = models.ManyToManyField('shop.Tag')\nclass Tag(models.Model):\n    parent = models.OneToOneField('self', models.CASCADE)\n"
        ),
    )]);
    assert_eq!(accessors(&program, "shop.Book"), ["author ManyToOne shop.Author", "tags ManyToMany shop.Tag"]);
    assert_eq!(accessors(&program, "shop.Author"), ["books OneToMany shop.Book"]);
    assert_eq!(
        accessors(&program, "shop.Tag"),
        ["parent OneToOne shop.Tag", "book_set ManyToMany shop.Book", "tag ReverseOneToOne shop.Tag"]
    );
    let author = model(&program, "shop.Book").relation(Name::new("author")).unwrap();
    assert_eq!((author.nullable, author.key_attribute), (true, Some(Name::new("author_id"))));
    let tags = model(&program, "shop.Tag").relation_by_query_name(Name::new("book")).unwrap();
    assert_eq!(tags.key_columns, ["tag_id", "book_id"]);
    assert_eq!(tags.join_table, Some(Name::new("shop_book_tags")));
}

#[test]
fn children_of_abstract_and_concrete_models_inherit() {
    let program = Program::from_sources(&[(
        "shop/models.py",
        &format!(
            "{AUTHOR}class Base(models.Model):\n    author = models.ForeignKey(Author, models.CASCADE, related_name='%(class)ss')\n    class Meta:\n        abstract = True\n        ordering = ['pk']\nclass Item(Base): pass\nclass Toy(Item): pass\nclass Shown(Item):\n    class Meta:\n        proxy = True\n"
        ),
    )]);
    assert_eq!(accessors(&program, "shop.Author"), ["items OneToMany shop.Item"]);
    let item = model(&program, "shop.Item");
    assert!(item.is_ordered && !item.is_abstract);
    let toy = model(&program, "shop.Toy");
    assert_eq!(
        (toy.parents.as_slice(), toy.primary_key),
        (&[(item.id, Name::new("item_ptr"))][..], Name::new("item_ptr_id"))
    );
    assert_eq!(accessors(&program, "shop.Toy"), ["item_ptr OneToOne shop.Item", "author ManyToOne shop.Author"]);
    let shown = model(&program, "shop.Shown");
    assert_eq!((shown.table, shown.is_proxy), (item.table, true));
    assert_eq!(shown.relation(Name::new("toy")).unwrap().kind, RelationKind::ReverseOneToOne);
}

#[test]
fn the_user_model_is_that_of_the_settings() {
    let program = Program::from_sources(&[
        ("site/settings/base.py", "AUTH_USER_MODEL = 'people.Person'\n"),
        (
            "people/models.py",
            "from django.contrib.auth.models import AbstractUser\nclass Person(AbstractUser): pass\nclass Other(AbstractUser): pass\n",
        ),
        (
            "shop/models.py",
            "from django.conf import settings\nfrom django.contrib.auth import get_user_model\nfrom django.db import models\nUser = get_user_model()\nclass Book(models.Model):\n    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)\n    editor = models.ForeignKey(User, models.CASCADE, related_name='+')\n",
        ),
    ]);
    assert!(model(&program, "people.Person").has_unknown_base);
    assert_eq!(accessors(&program, "shop.Book"), ["owner ManyToOne people.Person", "editor ManyToOne people.Person"]);
    assert_eq!(accessors(&program, "people.Person"), ["book_set OneToMany shop.Book"]);
}

#[test]
fn app_labels_come_from_configurations_and_paths() {
    let program = Program::from_sources(&[
        ("apps/orders/__init__.py", ""),
        (
            "apps/orders/apps.py",
            "from django.apps import AppConfig\nclass OrdersConfig(AppConfig):\n    name = 'apps.orders'\n    label = 'sales'\n",
        ),
        ("apps/orders/models.py", &AUTHOR.replace("Author", "Order")),
        ("apps/shop/__init__.py", ""),
        ("apps/shop/models/author.py", AUTHOR),
    ]);
    assert_eq!(model(&program, "sales.Order").table, Some(Name::new("sales_order")));
    assert_eq!(model(&program, "shop.Author").table, Some(Name::new("shop_author")));
}

#[test]
fn managers_keep_djangos_order_and_know_their_querysets() {
    let program = Program::from_sources(&[(
        "shop/models.py",
        "from django.db import models\nclass Live(models.QuerySet): pass\nNamed = models.Manager.from_queryset(Live)\nclass Made(models.Manager.from_queryset(Live)): pass\nclass Book(models.Model):\n    class Inner(models.Manager): pass\n    a = Live.as_manager()\n    b = Named()\n    c = Made()\n    d = Inner()\n    e = models.Manager()\n    class Meta:\n        default_manager_name = 'c'\nclass Plain(models.Model): pass\n",
    )]);
    let book = model(&program, "shop.Book");
    let names: Vec<_> = book.managers.iter().map(|manager| manager.name).collect();
    assert_eq!(names, ["c", "a", "b", "d", "e"]);
    let class = |name: &str| &book.manager(Name::new(name)).unwrap().class;
    assert!(matches!(class("a"), ManagerClass::QuerySet(_)) && class("a") == class("b"));
    assert!(matches!(class("c"), ManagerClass::Manager(_, Some(_))));
    assert!(matches!(class("d"), ManagerClass::Manager(_, None)));
    assert_eq!(*class("e"), ManagerClass::Builtin);
    assert_eq!(model(&program, "shop.Plain").managers[0].name, "objects");
}

#[test]
fn an_unknown_base_with_model_fields_is_a_model_and_choices_are_not() {
    let program = Program::from_sources(&[(
        "shop/models.py",
        "from django.db import models\nfrom lib import Thing\nfrom django import forms\nclass Book(Thing):\n    title = models.CharField()\n    class Kind(models.TextChoices):\n        A = 'a'\nclass Form(Thing):\n    title = forms.CharField()\n",
    )]);
    let labels: Vec<_> = program.schema.models.iter().map(|model| model.label).collect();
    assert_eq!(labels, ["shop.Book"]);
    assert!(model(&program, "shop.Book").has_unknown_base);
}

#[test]
fn a_loader_finds_classes_below_an_app() {
    let program = Program::from_sources(&[
        ("core/loading.py", "def get_class(label, name): ...\ndef get_classes(label, names): ...\n"),
        ("core/__init__.py", ""),
        ("apps/stock/__init__.py", ""),
        ("apps/shop/__init__.py", ""),
        ("apps/panel/stock/__init__.py", ""),
        ("tests/stock/__init__.py", ""),
        ("apps/stock/models.py", AUTHOR),
        ("apps/stock/strategy.py", "class Base: pass\nclass Selector: pass\nLIMIT = 3\nRows = factory(Base)\n"),
        ("apps/panel/stock/strategy.py", "class Selector: pass\n"),
        ("tests/stock/strategy.py", "class Selector: pass\n"),
        (
            "apps/shop/views.py",
            "from core.loading import get_class, get_classes, get_model\n\
             Selector = get_class('stock.strategy', 'Selector')\n\
             Base, Other = get_classes('stock.strategy', ['Base', 'Selector'])\n\
             Author = get_model('stock', 'Author')\n\
             class One(Base, Other): pass\n\
             class Writer(Author): pass\n",
        ),
    ]);
    let bases = |class: &str| -> Vec<String> {
        let path = Name::new("shop.views");
        let Some(Binding::Class(id)) = program.lookup(program.by_name[&path], Name::new(class)) else {
            panic!("{class}")
        };
        program.class(id).mro.iter().skip(1).map(|base| program.class_path(*base).to_string()).collect()
    };
    assert_eq!(bases("One"), ["stock.strategy.Base", "stock.strategy.Selector"]);
    assert_eq!(bases("Writer")[0], "stock.models.Author");
    assert!(program.loaded("get_class", "stock.strategy", Name::new("LIMIT")).is_none(), "a constant is no class");
    let rows = program.loaded("get_class", "stock.strategy", Name::new("Rows"));
    assert!(matches!(rows, Some(Binding::Variable(..))), "what a factory made is one: {rows:?}");
    assert!(program.loaded("get_class", "stock.reports", Name::new("Selector")).is_none());
    assert!(program.loaded("get_text", "stock.strategy", Name::new("Selector")).is_none());
}
