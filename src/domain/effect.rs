//! Effects: the queries that evaluating an expression fires.

use serde::{Deserialize, Serialize};

/// What a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Verb {
    Select,
    Insert,
    Update,
    Delete,
    Commit,
    Flush,
    Savepoint,
}

impl Verb {
    /// Lower-case word, as in the JSON output.
    pub fn as_str(self) -> &'static str {
        match self {
            Verb::Select => "select",
            Verb::Insert => "insert",
            Verb::Update => "update",
            Verb::Delete => "delete",
            Verb::Commit => "commit",
            Verb::Flush => "flush",
            Verb::Savepoint => "savepoint",
        }
    }
}

/// What is wrong besides the cost: with reading a relation, or with the statement that a remark is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Fault {
    /// The query of the rows joins the relation without loading it.
    Joined,
    /// The session is asynchronous and nothing waits for the load: it raises `MissingGreenlet`.
    Unawaited,
    /// Rows are sorted by a random number, so that the database makes one for each row of the table.
    RandomOrder,
    /// Django's `iterator()` without `chunk_size` over rows that are prefetched: it raises `ValueError`.
    UnchunkedPrefetch,
    /// A foreign key that `select_related` follows is left out by `only()` or `defer()`: it raises `FieldError`.
    JoinedButDeferred,
    /// `select_related` of a set of rows: it raises `FieldError`.
    JoinedSet,
    /// `select_related()` without names: it follows every foreign key that may not be NULL.
    JoinsEverything,
    /// A `select()` joins a collection, and the result is read without `unique()`: it raises `InvalidRequestError`.
    NotUnique,
    /// A request over the network inside a transaction, which holds its connection and its locks meanwhile.
    AwaitsNetwork,
    /// SQLAlchemy's foreign key without an index, by which a relation finds its rows.
    UnindexedKey,
    /// A part of an indexed date is compared, which the index does not know.
    FunctionOnIndex,
    /// SQLAlchemy's primary key with an index of its own besides.
    RedundantIndex,
    /// A migration builds an index while writers wait.
    BuildsIndex,
    /// A migration gives a column a type for which every row is written anew.
    RewritesTable,
    /// A migration adds a condition that is checked of every row while the table is locked.
    ChecksTable,
    /// A migration adds a column that may not be NULL, and says no value for the rows that are there.
    LacksDefault,
    /// A migration sends a statement for each row.
    WritesPerRow,
    /// It does so in a transaction that has locked a table against readers.
    WritesUnderLock,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Fault; 18] = [
        Fault::Joined,
        Fault::Unawaited,
        Fault::RandomOrder,
        Fault::UnchunkedPrefetch,
        Fault::JoinedButDeferred,
        Fault::JoinedSet,
        Fault::JoinsEverything,
        Fault::NotUnique,
        Fault::AwaitsNetwork,
        Fault::UnindexedKey,
        Fault::FunctionOnIndex,
        Fault::RedundantIndex,
        Fault::BuildsIndex,
        Fault::RewritesTable,
        Fault::ChecksTable,
        Fault::LacksDefault,
        Fault::WritesPerRow,
        Fault::WritesUnderLock,
    ];

    /// The word in rules.
    pub fn as_str(self) -> &'static str {
        match self {
            Fault::Joined => "joined",
            Fault::Unawaited => "unawaited",
            Fault::RandomOrder => "random-order",
            Fault::UnchunkedPrefetch => "unchunked-prefetch",
            Fault::JoinedButDeferred => "joined-but-deferred",
            Fault::JoinedSet => "joined-set",
            Fault::JoinsEverything => "joins-everything",
            Fault::NotUnique => "not-unique",
            Fault::AwaitsNetwork => "awaits-network",
            Fault::UnindexedKey => "unindexed-key",
            Fault::FunctionOnIndex => "function-on-index",
            Fault::RedundantIndex => "redundant-index",
            Fault::BuildsIndex => "builds-index",
            Fault::RewritesTable => "rewrites-table",
            Fault::ChecksTable => "checks-table",
            Fault::LacksDefault => "lacks-default",
            Fault::WritesPerRow => "writes-per-row",
            Fault::WritesUnderLock => "writes-under-lock",
        }
    }
}

/// Why a statement is sent: the words that `#fires?` takes in a rule's query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum EffectKind {
    /// A single-valued relation read on a row that does not hold it: `book.author`.
    LazyLoad,
    /// A set relation read on a row: `author.books.all()`, `book.tags.filter(...)`, SQLAlchemy's `author.books`.
    RelatedQuery,
    /// A set relation that was prefetched, read in a way that queries again.
    PrefetchDefeated,
    /// A query for one row: `get`, `first`, `filter(...)[0]`, `session.get`.
    Get,
    /// A query for many rows, built from a manager or `select()`.
    Evaluate,
    /// `count`, `exists`, `aggregate`, `len` by SQL.
    Count,
    /// A deferred column read on a row.
    DeferredColumn,
    /// `refresh_from_db`, `session.refresh`, an expired row read again.
    Refresh,
    /// `create`, `save()` of a new row, `session.add` that flushes.
    Create,
    /// `save()` of a stored row.
    Save,
    /// `delete()` of a row.
    Delete,
    /// `queryset.update()`, `session.execute(update(...))`.
    Update,
    /// `queryset.delete()`, `session.execute(delete(...))`.
    BulkDelete,
    /// `bulk_create`, `bulk_update`, `session.execute(insert(...), many)`.
    Bulk,
    /// `add`, `remove`, `set`, `clear` of a many-to-many.
    LinkChange,
    /// `get_or_create`, `update_or_create`.
    GetOrCreate,
    /// Raw SQL: `cursor.execute`, `session.execute(text())`.
    Raw,
    /// A statement into whose text values were formatted: no statement of its own, a remark about the one at its place.
    BuiltSql,
    /// Two collections joined beside each other: a remark about the statement at its place.
    JoinProduct,
    /// `session.commit()`.
    Commit,
    /// `session.flush()` or an autoflush that has rows to write.
    Flush,
    /// `session.merge()`.
    Merge,
    /// Rows put into a session one by one.
    Add,
    /// The statement of an eager load (a prefetch): grows only when its query does.
    EagerLoad,
    /// A count or existence test of rows that are fetched afterwards all the same: a remark about the statement at its
    /// place.
    AskedBefore,
    /// An existence test of rows of which one is fetched afterwards all the same: a remark about the statement at its
    /// place.
    AskedBeforeGet,
    /// A statement whose answer the same function has already fetched: a remark about the statement at its place.
    AskedAgain,
    /// What is wrong whatever its cost, with a query, a transaction or a declaration: a remark, whose fault says what.
    Misuse,
    /// What a migration does, as it is written; its fault says what is wrong.
    Migrate,
    /// No statement at all: code that a rule's pattern with `@place` has found. Rules can't ask for it.
    Code,
}

impl EffectKind {
    /// Every kind that a rule may ask for, in order of declaration.
    pub const ALL: [EffectKind; 29] = [
        EffectKind::LazyLoad,
        EffectKind::RelatedQuery,
        EffectKind::PrefetchDefeated,
        EffectKind::Get,
        EffectKind::Evaluate,
        EffectKind::Count,
        EffectKind::DeferredColumn,
        EffectKind::Refresh,
        EffectKind::Create,
        EffectKind::Save,
        EffectKind::Delete,
        EffectKind::Update,
        EffectKind::BulkDelete,
        EffectKind::Bulk,
        EffectKind::LinkChange,
        EffectKind::GetOrCreate,
        EffectKind::Raw,
        EffectKind::BuiltSql,
        EffectKind::JoinProduct,
        EffectKind::Commit,
        EffectKind::Flush,
        EffectKind::Merge,
        EffectKind::Add,
        EffectKind::EagerLoad,
        EffectKind::AskedBefore,
        EffectKind::AskedBeforeGet,
        EffectKind::AskedAgain,
        EffectKind::Misuse,
        EffectKind::Migrate,
    ];

    /// The word used in rules and in `quell explain`.
    pub fn as_str(self) -> &'static str {
        match self {
            EffectKind::LazyLoad => "lazy-load",
            EffectKind::RelatedQuery => "related-query",
            EffectKind::PrefetchDefeated => "prefetch-defeated",
            EffectKind::Get => "get",
            EffectKind::Evaluate => "evaluate",
            EffectKind::Count => "count",
            EffectKind::DeferredColumn => "deferred-column",
            EffectKind::Refresh => "refresh",
            EffectKind::Create => "create",
            EffectKind::Save => "save",
            EffectKind::Delete => "delete",
            EffectKind::Update => "update",
            EffectKind::BulkDelete => "bulk-delete",
            EffectKind::Bulk => "bulk",
            EffectKind::LinkChange => "link-change",
            EffectKind::GetOrCreate => "get-or-create",
            EffectKind::Raw => "raw",
            EffectKind::BuiltSql => "built-sql",
            EffectKind::JoinProduct => "join-product",
            EffectKind::Commit => "commit",
            EffectKind::Flush => "flush",
            EffectKind::Merge => "merge",
            EffectKind::Add => "add",
            EffectKind::EagerLoad => "eager-load",
            EffectKind::AskedBefore => "asked-before",
            EffectKind::AskedBeforeGet => "asked-before-get",
            EffectKind::AskedAgain => "asked-again",
            EffectKind::Misuse => "misuse",
            EffectKind::Migrate => "migrate",
            EffectKind::Code => "code",
        }
    }

    /// Whether it is a remark about a statement rather than a statement of its own.
    pub fn is_remark(self) -> bool {
        matches!(
            self,
            EffectKind::BuiltSql
                | EffectKind::JoinProduct
                | EffectKind::AskedBefore
                | EffectKind::AskedBeforeGet
                | EffectKind::AskedAgain
                | EffectKind::Misuse
                | EffectKind::Code
        )
    }
}
