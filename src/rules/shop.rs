//! A small linked program and its query sites, made by hand, for the tests of rules and reports.

use std::path::PathBuf;
use std::sync::Arc;

use crate::domain::{Certainty, Cost, EffectKind, Origin, Place, Role, RootKind, Site, Size, Step, Verb};
use crate::project::{ClassId, Manager, ManagerClass, Model, ModelId, Orm, Program, Relation, RelationKind};
use crate::rules::{Confidence, JudgeOptions};
use crate::source::{FileId, SourceFile};
use crate::syntax::Name;
use crate::syntax::ir::Span;

const VIEWS: &str = "\
def shelf(request):
    books = Book.objects.filter(in_print=True)
    for book in books:
        print(book.author.name)
        print(book.author.publisher)
        print(book.label(), book.tags.all())
";

const MODELS: &str = "\
class Book(models.Model):
    def label(self):
        return self.author.name
";

const FILES: [(&str, &str); 2] = [("shop/models.py", MODELS), ("shop/views.py", VIEWS)];

const MODELS_FILE: FileId = FileId(0);
const VIEWS_FILE: FileId = FileId(1);

const PUBLISHER: ModelId = ModelId(0);
const AUTHOR: ModelId = ModelId(1);
const BOOK: ModelId = ModelId(2);
const TAG: ModelId = ModelId(3);

/// The program.
pub(crate) struct Shop {
    pub program: Program,
}

/// The options of `quell check`.
pub(crate) fn options() -> JudgeOptions {
    JudgeOptions {
        quiet: super::Quiet::default(),
        least_confidence: Confidence::Medium,
        root: PathBuf::new(),
        config: Arc::default(),
        database: Default::default(),
    }
}

/// Publisher ← Author ← Book ↔ Tag.
pub(crate) fn shop() -> Shop {
    let mut program = Program { files: files(FILES.map(|(path, text)| (path, text.to_owned()))), ..Program::default() };
    program.schema.models = vec![
        model(PUBLISHER, "shop.Publisher", vec![]),
        model(AUTHOR, "shop.Author", vec![relation(AUTHOR, "publisher", PUBLISHER, RelationKind::ManyToOne)]),
        model(
            BOOK,
            "shop.Book",
            vec![
                relation(BOOK, "author", AUTHOR, RelationKind::ManyToOne),
                relation(BOOK, "tags", TAG, RelationKind::ManyToMany),
            ],
        ),
        model(TAG, "shop.Tag", vec![]),
    ];
    Shop { program }
}

fn files(texts: [(&str, String); 2]) -> Vec<Arc<SourceFile>> {
    let file = |(index, (path, text)): (usize, (&str, String))| {
        Arc::new(SourceFile::new(FileId(index as u32), path.to_owned(), PathBuf::from(path), text, true))
    };
    texts.into_iter().enumerate().map(file).collect()
}

fn model(id: ModelId, label: &str, relations: Vec<Relation>) -> Model {
    Model {
        id,
        class: ClassId(id.0),
        orm: Orm::Django,
        label: Name::new(label),
        table: Some(Name::new(&label.replace('.', "_").to_lowercase())),
        is_abstract: false,
        is_proxy: false,
        parents: Vec::new(),
        columns: Vec::new(),
        relations,
        primary_key: Name::new("id"),
        is_ordered: false,
        ordering: Vec::new(),
        managers: vec![Manager { name: Name::new("objects"), class: ManagerClass::Builtin }],
        base_manager: None,
        proxies: Vec::new(),
        indexes: Vec::new(),
        options: Vec::new(),
        has_unknown_base: false,
    }
}

fn relation(owner: ModelId, name: &str, target: ModelId, kind: RelationKind) -> Relation {
    let key = Name::new(&format!("{name}_id"));
    Relation {
        name: Name::new(name),
        query_name: Name::new(name),
        owner,
        target: Some(target),
        kind,
        nullable: false,
        key_attribute: kind.holds_key().then_some(key),
        key_columns: vec![key],
        to_field: None,
        reverse: None,
        through: None,
        join_table: None,
        lazy: Name::new("select"),
        options: Vec::new(),
        declared: (MODELS_FILE, Span::default()),
    }
}

impl Shop {
    /// The place of a text in the views, counted from 0 where it occurs more than once.
    pub fn place(&self, text: &str, occurrence: usize) -> Place {
        place(VIEWS_FILE, &self.program.files[VIEWS_FILE.0 as usize].text, text, occurrence)
    }

    /// The same program with a comment at the end of a line of the views.
    pub fn with_comment(line: usize, comment: &str) -> Shop {
        let commented = |(index, text): (usize, &str)| match index + 1 == line {
            true => format!("{text}  {comment}\n"),
            false => format!("{text}\n"),
        };
        let views = VIEWS.lines().enumerate().map(commented).collect();
        let mut shop = shop();
        shop.program.files = files([("shop/models.py", MODELS.to_owned()), ("shop/views.py", views)]);
        shop
    }

    /// `book.author` in the loop of the view.
    pub fn author_of_book(&self) -> Site {
        self.read(EffectKind::LazyLoad, BOOK, &["author"], "author", self.place("book.author", 0))
    }

    /// `book.author.publisher` in the loop of the view.
    pub fn publisher_of_author(&self) -> Site {
        let place = self.place("book.author.publisher", 0);
        self.read(EffectKind::LazyLoad, AUTHOR, &["author", "publisher"], "publisher", place)
    }

    /// `book.tags.<action>()` in the loop of the view.
    pub fn tags_of_book(&self, action: &str) -> Site {
        self.read(EffectKind::RelatedQuery, BOOK, &["tags"], action, self.place("book.tags.all()", 0))
    }

    /// `self.author` of the method that the loop calls.
    pub fn author_in_label(&self) -> Site {
        let place = place(MODELS_FILE, MODELS, "self.author", 0);
        let mut site = self.read(EffectKind::LazyLoad, BOOK, &["author"], "author", place);
        let call =
            Step { role: Role::Call, place: self.place("book.label()", 0), message: "calls `Book.label`".into() };
        site.path.insert(2, call);
        site
    }

    fn read(&self, kind: EffectKind, model: ModelId, relations: &[&str], action: &str, place: Place) -> Site {
        let origin = self.place("Book.objects.filter(in_print=True)", 0);
        let header = self.place("for book in books", 0);
        let step = |role, place, message: &str| Step { role, place, message: message.to_owned() };
        Site {
            kind,
            verb: Verb::Select,
            model: Some(model),
            relation: relations.last().map(|name| Name::new(name)),
            action: Name::new(action),
            place,
            path: vec![
                step(Role::Query, origin, "makes the shop.Book rows"),
                step(Role::Loop, header, "loops over N(shop.Book)"),
                step(Role::Read, place, "sends a query in each turn"),
            ],
            origin: Some(Origin {
                place: origin,
                model: BOOK,
                relations: relations.iter().map(|name| Name::new(name)).collect(),
                enclosing: Name::new("shelf"),
            }),
            cost: Cost { factors: vec![Size::Rows(Name::new("shop.Book"))] },
            per_row: true,
            varies: true,
            certainty: Certainty::High,
            doubts: Vec::new(),
            root: RootKind::Request,
            enclosing: Name::new("shelf"),
            asked: None,
            footprint: None,
            read_next: None,
            fault: None,
            captured: Vec::new(),
        }
    }
}

fn place(file: FileId, source: &str, text: &str, occurrence: usize) -> Place {
    let start = source.match_indices(text).nth(occurrence).map_or(0, |(at, _)| at) as u32;
    Place { file, span: Span { start, end: start + text.len() as u32 } }
}
