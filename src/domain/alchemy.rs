//! Objects of SQLAlchemy on the abstract heap: sessions and what waits in them, statements, results, loader options.

use std::rc::Rc;

use super::footprint::Asked;
use super::object::RowOrigin;
use super::plan::LoadPlan;
use super::site::{Certainty, Place};
use super::size::Size;
use super::value::{ObjectId, Scalar, Value};
use crate::project::ModelId;
use crate::syntax::Name;

/// Objects of SQLAlchemy.
#[derive(Clone, Debug)]
pub enum Alchemy {
    /// A session of either kind.
    Session(Session),
    /// A statement or query.
    Statement(Statement),
    /// What executing a statement gave.
    Result(Fetched),
    /// A row of several columns or entities, with their names.
    Tuple(NamedTuple),
    /// A page of Flask-SQLAlchemy: `items` first, then the numbers around it. It walks its items.
    Page(NamedTuple),
    /// A loader option: paths with their strategy.
    Option(LoaderOption),
    /// A factory of sessions: what its sessions are like.
    SessionFactory(Session),
    /// `session.begin()`, `session.begin_nested()`.
    Transaction(Transaction),
    /// `session.no_autoflush`
    NoAutoflush(ObjectId),
    /// The extension object of Flask-SQLAlchemy.
    Extension,
    /// An aliased or polymorphic entity.
    Entity(ModelId, Rc<LoadPlan>),
    /// `row.awaitable_attrs`
    Awaitable(ObjectId),
    /// `synonym(name)`
    Synonym(Name),
    /// `association_proxy(relation, attribute)`
    Proxy(Name, Name),
    /// `Book.author == value`
    Equality(ModelId, Name, Value),
    /// `Account.id == Statement.account_id`: two columns.
    Same(Rc<(ModelId, Vec<Name>)>, Rc<(ModelId, Vec<Name>)>),
    /// `and_(…)`: conditions that all hold.
    Conjunction(Vec<Value>),
    /// `inspect(Book)`, `Book.__mapper__`
    Mapper(ModelId),
    /// `inspect(Book).relationships`, `.column_attrs`: some properties of a mapper.
    Properties(Properties),
    /// `inspect(book)`
    State(ObjectId),
    /// `inspect(book).attrs.author`
    Attribute(ObjectId, Name),
    /// `inspect(book).unloaded`; `inspect(book).dict`, `book.__dict__`: the names of attributes that are not loaded or are.
    #[allow(missing_docs)]
    Names { row: ObjectId, are_loaded: bool },
}

/// Some properties of a mapper, or of a row: a mapping by name, which walks its values.
#[derive(Clone, Debug)]
pub struct Properties {
    /// The mapped model.
    pub model: ModelId,
    /// Columns and relations by their attribute names.
    pub names: Vec<Name>,
    /// The row whose attributes they are.
    pub row: Option<ObjectId>,
}

/// A SQLAlchemy session.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Rows wait to be written by the next flush.
    pub is_dirty: bool,
    /// They do on every path that leads here.
    pub is_surely_dirty: bool,
    /// How often its rows were expired (commits, rollbacks, `expire_all`).
    pub commits: u32,
    /// How often it was flushed.
    pub flushes: u32,
    /// The counts differ between the paths that lead here.
    pub is_doubtful: bool,
    /// `expire_on_commit`
    pub expires: bool,
    /// `autoflush`
    pub autoflush: bool,
    /// An `AsyncSession`: what it sends has to be awaited.
    pub is_async: bool,
    /// Rows have left it otherwise than by its end: `expunge`, `expunge_all`, `close`.
    pub has_let_go: bool,
    /// How many `run_sync` calls and `awaitable_attrs` are being run, in which nothing has to.
    pub greenlets: u32,
    /// How many `no_autoflush` blocks are open.
    pub held_back: u32,
    /// Statements that the next flush sends once per row.
    pub row_by_row: Vec<Pending>,
    /// Rows that a flush in the loop over them has written one by one, so that the loop leaves but the last of them.
    pub one_by_one: Vec<ObjectId>,
    /// What loops had left and a flush has sent on some path that leads here: it is not sent again.
    pub sent: Vec<Pending>,
    /// What the next flush does with rows of which model, as far as no effect has told before.
    pub writes: Vec<(Write, ModelId)>,
    /// Rows that the next flush writes, where somebody listens to that.
    pub waiting: Vec<Waiting>,
    /// Rows that its queries gave: the model, the summary row, and the count of `commits` then.
    pub held: Vec<(ModelId, ObjectId, u32)>,
    /// Rows that were read again after they had expired, on some path that leads here, and the count of `commits` then.
    pub reread: Vec<(ObjectId, u32)>,
    /// Rows that were read by a key which the program spells out.
    pub known: Vec<(ModelId, Scalar, ObjectId)>,
    /// Models of which rows were made.
    pub made: Vec<ModelId>,
    /// How sure it is that this is a session.
    pub certainty: Certainty,
}

impl Default for Session {
    fn default() -> Self {
        Session {
            is_dirty: false,
            is_surely_dirty: false,
            commits: 0,
            flushes: 0,
            is_doubtful: false,
            expires: true,
            autoflush: true,
            is_async: false,
            has_let_go: false,
            greenlets: 0,
            held_back: 0,
            row_by_row: Vec::new(),
            one_by_one: Vec::new(),
            sent: Vec::new(),
            writes: Vec::new(),
            waiting: Vec::new(),
            held: Vec::new(),
            reread: Vec::new(),
            known: Vec::new(),
            made: Vec::new(),
            certainty: Certainty::High,
        }
    }
}

impl Session {
    /// Something waits for the next flush.
    pub fn soil(&mut self) {
        self.is_dirty = true;
        self.is_surely_dirty = true;
    }

    /// The next flush does this with rows of a model.
    pub fn note(&mut self, write: Write, model: ModelId) {
        if !self.writes.contains(&(write, model)) {
            self.writes.push((write, model));
        }
    }

    /// Nothing waits any more.
    pub fn clean(&mut self) {
        self.writes.clear();
        self.is_dirty = false;
        self.is_surely_dirty = false;
    }
}

/// A loop that goes over more rows the more there are.
#[derive(Clone, Debug, PartialEq)]
pub struct Growth {
    /// Where the loop stands.
    pub place: Place,
    /// How many rows.
    pub size: Size,
}

/// A statement that a flush sends for each changed row.
#[derive(Clone, Debug, PartialEq)]
pub struct Pending {
    /// The model.
    pub model: ModelId,
    /// The relation that is read before rows are deleted; `None` for an UPDATE.
    pub relation: Option<Name>,
    /// The summary of the rows.
    pub row: ObjectId,
    /// The loop over the rows.
    pub growth: Growth,
}

/// What a flush does with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Write {
    Insert,
    Update,
    Delete,
}

/// A row, or the summary of many, that the next flush writes.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// The row.
    pub row: ObjectId,
    /// What is done with it.
    pub write: Write,
    /// How many there are, where that was seen.
    pub size: Option<Size>,
}

/// The tie of a row to its session, with the session's counts when it was read or added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// The session.
    pub session: ObjectId,
    /// Its `commits` then.
    pub commits: u32,
    /// Its `flushes` then.
    pub flushes: u32,
}

/// What a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum StatementKind {
    Select,
    /// `session.query(...)`: runs by itself.
    Query,
    Insert,
    Update,
    Delete,
    Text,
    /// A `write_only` collection.
    WriteOnly,
}

/// One thing that a statement selects.
#[derive(Clone, Debug)]
pub struct Entity {
    /// The attribute under which a result row has it.
    pub name: Option<Name>,
    /// The model, where rows are selected.
    pub model: Option<ModelId>,
    /// The value, where a column or expression is selected.
    pub value: Value,
    /// A function such as `func.count()`: it may make one value of all rows.
    pub is_computed: bool,
    /// It is `count(...)`.
    pub is_count: bool,
}

/// A SQLAlchemy statement or query.
#[derive(Clone, Debug)]
pub struct Statement {
    /// What it does.
    pub kind: StatementKind,
    /// The model whose table it reads or writes, where known.
    pub model: Option<ModelId>,
    /// What it selects.
    pub entities: Vec<Entity>,
    /// What the rows hold, by the model at which the options start.
    pub plans: Vec<(ModelId, LoadPlan)>,
    /// The session, for `session.query(...)`.
    pub session: Option<ObjectId>,
    /// How many rows at most.
    pub limit: Option<Size>,
    /// Where it was built.
    pub origin: RowOrigin,
    /// The row and relation of a dynamic or write-only collection.
    pub related: Option<(ObjectId, Name)>,
    /// It looks up a batch of keys.
    pub is_batched: bool,
    /// `group_by`
    pub is_grouped: bool,
    /// It gives a part of the table that is not known from its keys.
    pub is_filtered: bool,
    /// Attributes that a condition holds equal to one value: rows share what these lead to.
    pub fixed: Vec<Fixed>,
    /// What it asks for, for footprints.
    pub asked: Rc<Asked>,
    /// The SQL of `text(...)`, where it is known.
    pub text: Option<Name>,
    /// How sure it is that this is a statement over these rows.
    pub certainty: Certainty,
}

/// An attribute that all rows of a model have alike.
#[derive(Clone, Debug)]
pub struct Fixed {
    /// The model: the statement's, or one that it joins.
    pub model: ModelId,
    /// The attribute.
    pub attribute: Name,
    /// The row that it is, where a relation was compared with one.
    pub row: Option<ObjectId>,
    /// It is NULL.
    pub is_null: bool,
}

/// What the items of a result are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ResultShape {
    Tuples,
    Scalars,
    Mappings,
}

/// An executed statement.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// The statement.
    pub statement: Rc<Statement>,
    /// The session that ran it.
    pub session: ObjectId,
    /// What its items are.
    pub shape: ResultShape,
    /// `unique()`: rows that a join repeats are taken once.
    pub is_unique: bool,
}

/// A row of several columns.
#[derive(Clone, Debug)]
pub struct NamedTuple {
    /// Names by position.
    pub names: Vec<Option<Name>>,
    /// Values by position.
    pub items: Vec<Value>,
}

/// A transaction as a context manager.
#[derive(Clone, Copy, Debug)]
pub struct Transaction {
    /// Its session.
    pub session: ObjectId,
    /// A savepoint.
    pub is_nested: bool,
}

/// A loader option such as `selectinload(Book.tags).joinedload(Tag.owner)`.
#[derive(Clone, Debug, Default)]
pub struct LoaderOption {
    /// The model at which the path starts; `None` for wildcards and texts.
    pub root: Option<ModelId>,
    /// The plan it adds.
    pub plan: LoadPlan,
    /// The path to which a chained call adds.
    pub tail: Vec<Name>,
    /// SQLAlchemy 1.4: a chained call adds to the options it is made on, too.
    pub is_in_place: bool,
    /// These options, where it does.
    pub along: Vec<ObjectId>,
}
