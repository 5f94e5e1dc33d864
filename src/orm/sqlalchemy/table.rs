//! The methods of SQLAlchemy's sessions, statements, results and options, and its functions: one line each.
//!
//! Source: the ORM and Core API reference of SQLAlchemy 1.4 to 2.1, Flask-SQLAlchemy 3 and SQLModel.

/// What a method of a session does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SessionAction {
    /// `query(...)`
    Query,
    /// Runs a statement: rows are tuples.
    Execute,
    /// Runs a statement: rows are what is selected first.
    Scalars,
    /// Runs a statement: the first value of the first row.
    Scalar,
    /// SQLModel's `exec`: scalars where one thing is selected, else tuples.
    Exec,
    /// One row by its key, or `None`.
    Get,
    /// One row by its key, or an exception.
    GetOne,
    /// `add`
    Add,
    /// `add_all`
    AddAll,
    /// `delete`
    Delete,
    /// `merge`
    Merge,
    /// `refresh`
    Refresh,
    /// `expire`
    Expire,
    /// `expunge`
    Expunge,
    /// `expire_all`
    ExpireAll,
    /// `expunge_all`, `close`: rows are detached.
    LetGo,
    /// `flush`
    Flush,
    /// `commit`
    Commit,
    /// `rollback`
    Rollback,
    /// `begin`
    Begin,
    /// `begin_nested`
    Savepoint,
    /// `bulk_save_objects` and its like.
    Bulk,
    /// `run_sync`
    RunSync,
    /// The session itself.
    Itself,
    /// `paginate(select)` of Flask-SQLAlchemy.
    Paginate,
}

/// By name.
const SESSION: &[(&str, SessionAction)] = &[
    ("__call__", SessionAction::Itself),
    ("add", SessionAction::Add),
    ("add_all", SessionAction::AddAll),
    ("begin", SessionAction::Begin),
    ("begin_nested", SessionAction::Savepoint),
    ("bulk_insert_mappings", SessionAction::Bulk),
    ("bulk_save_objects", SessionAction::Bulk),
    ("bulk_update_mappings", SessionAction::Bulk),
    ("close", SessionAction::LetGo),
    ("commit", SessionAction::Commit),
    ("connect", SessionAction::Itself),
    ("connection", SessionAction::Itself),
    ("delete", SessionAction::Delete),
    ("delete_all", SessionAction::Delete),
    ("exec", SessionAction::Exec),
    ("execute", SessionAction::Execute),
    ("execution_options", SessionAction::Itself),
    ("expire", SessionAction::Expire),
    ("expire_all", SessionAction::ExpireAll),
    ("expunge", SessionAction::Expunge),
    ("expunge_all", SessionAction::LetGo),
    ("first_or_404", SessionAction::Scalar),
    ("flush", SessionAction::Flush),
    ("get", SessionAction::Get),
    ("get_one", SessionAction::GetOne),
    ("get_or_404", SessionAction::GetOne),
    ("merge", SessionAction::Merge),
    ("one_or_404", SessionAction::Scalar),
    ("paginate", SessionAction::Paginate),
    ("query", SessionAction::Query),
    ("refresh", SessionAction::Refresh),
    ("remove", SessionAction::LetGo),
    ("rollback", SessionAction::Rollback),
    ("run_sync", SessionAction::RunSync),
    ("scalar", SessionAction::Scalar),
    ("scalars", SessionAction::Scalars),
    ("stream", SessionAction::Execute),
    ("stream_scalars", SessionAction::Scalars),
];

/// What a method of a statement or query does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StatementAction {
    /// The same rows or fewer.
    Narrow,
    /// `where`, `filter`: expressions that may look up a batch of keys.
    Filter,
    /// `options`
    Options,
    /// `limit`
    Limit,
    /// `group_by`
    Group,
    /// `distinct`, `add_columns`, `add_entity`: more is selected.
    AddColumns,
    /// `with_entities`, `with_only_columns`: other things are selected.
    Entities,
    /// `enable_eagerloads`
    EagerLoads,
    /// An expression of the statement: nothing runs.
    Expression,
    /// A query's rows as a list.
    All,
    /// One row, or an exception.
    One,
    /// One row or `None`.
    First,
    /// The first value of one row.
    Scalar,
    /// A number, by its own statement.
    Count,
    /// `Query.get`
    Get,
    /// `Query.get_or_404`
    GetOne,
    /// `account.postings.insert()` of a write-only collection.
    Insert,
    /// `Query.update`
    Update,
    /// `Query.delete`
    Delete,
    /// `paginate`
    Paginate,
    /// Changes of a dynamic or write-only collection: nothing is loaded.
    Link,
}

/// By name.
const STATEMENT: &[(&str, StatementAction)] = &[
    ("add", StatementAction::Link),
    ("add_all", StatementAction::Link),
    ("add_column", StatementAction::AddColumns),
    ("add_columns", StatementAction::AddColumns),
    ("add_cte", StatementAction::Narrow),
    ("add_entity", StatementAction::AddColumns),
    ("alias", StatementAction::Expression),
    ("all", StatementAction::All),
    ("append", StatementAction::Link),
    ("as_scalar", StatementAction::Expression),
    ("autoflush", StatementAction::Narrow),
    ("column", StatementAction::AddColumns),
    ("correlate", StatementAction::Narrow),
    ("count", StatementAction::Count),
    ("cte", StatementAction::Expression),
    ("delete", StatementAction::Delete),
    ("distinct", StatementAction::Narrow),
    ("enable_eagerloads", StatementAction::EagerLoads),
    ("except_", StatementAction::Narrow),
    ("execution_options", StatementAction::Narrow),
    ("exists", StatementAction::Expression),
    ("extend", StatementAction::Link),
    ("filter", StatementAction::Filter),
    ("filter_by", StatementAction::Filter),
    ("first", StatementAction::First),
    ("first_or_404", StatementAction::One),
    ("from_self", StatementAction::Narrow),
    ("from_statement", StatementAction::Narrow),
    ("get", StatementAction::Get),
    ("get_or_404", StatementAction::GetOne),
    ("group_by", StatementAction::Group),
    ("having", StatementAction::Narrow),
    ("insert", StatementAction::Insert),
    ("intersect", StatementAction::Narrow),
    ("join", StatementAction::Narrow),
    ("join_from", StatementAction::Narrow),
    ("label", StatementAction::Expression),
    ("limit", StatementAction::Limit),
    ("offset", StatementAction::Narrow),
    ("on_conflict_do_nothing", StatementAction::Narrow),
    ("on_conflict_do_update", StatementAction::Narrow),
    ("on_duplicate_key_update", StatementAction::Narrow),
    ("one", StatementAction::One),
    ("one_or_404", StatementAction::One),
    ("one_or_none", StatementAction::First),
    ("options", StatementAction::Options),
    ("order_by", StatementAction::Narrow),
    ("outerjoin", StatementAction::Narrow),
    ("outerjoin_from", StatementAction::Narrow),
    ("paginate", StatementAction::Paginate),
    ("params", StatementAction::Narrow),
    ("populate_existing", StatementAction::Narrow),
    ("prefix_with", StatementAction::Narrow),
    ("remove", StatementAction::Link),
    ("reset_joinpoint", StatementAction::Narrow),
    ("returning", StatementAction::AddColumns),
    ("scalar", StatementAction::Scalar),
    ("scalar_subquery", StatementAction::Expression),
    ("select", StatementAction::Narrow),
    ("select_entity_from", StatementAction::Narrow),
    ("select_from", StatementAction::Narrow),
    ("set_label_style", StatementAction::Narrow),
    ("slice", StatementAction::Limit),
    ("subquery", StatementAction::Expression),
    ("suffix_with", StatementAction::Narrow),
    ("tuples", StatementAction::Narrow),
    ("union", StatementAction::Narrow),
    ("union_all", StatementAction::Narrow),
    ("unique", StatementAction::Narrow),
    ("update", StatementAction::Update),
    ("values", StatementAction::Narrow),
    ("where", StatementAction::Filter),
    ("with_entities", StatementAction::Entities),
    ("with_for_update", StatementAction::Narrow),
    ("with_hint", StatementAction::Narrow),
    ("with_labels", StatementAction::Narrow),
    ("with_only_columns", StatementAction::Entities),
    ("with_parent", StatementAction::Filter),
    ("with_session", StatementAction::Narrow),
    ("yield_per", StatementAction::Narrow),
];

/// What a method of a result does. The statement has run before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ResultAction {
    /// Every item, as a list.
    All,
    /// Lists of items.
    Partitions,
    /// One item.
    One,
    /// One item or `None`.
    First,
    /// The first value of one row.
    ScalarOne,
    /// The same, or `None`.
    ScalarFirst,
    /// Items become the first values.
    Scalars,
    /// Items become dictionaries.
    Mappings,
    /// Items become tuples again.
    Tuples,
    /// The result itself.
    Itself,
    /// A plain value.
    Plain,
}

/// By name.
const RESULT: &[(&str, ResultAction)] = &[
    ("__aiter__", ResultAction::Itself),
    ("__iter__", ResultAction::Itself),
    ("all", ResultAction::All),
    ("close", ResultAction::Plain),
    ("columns", ResultAction::Itself),
    ("fetchall", ResultAction::All),
    ("fetchmany", ResultAction::All),
    ("fetchone", ResultAction::First),
    ("first", ResultAction::First),
    ("freeze", ResultAction::Itself),
    ("keys", ResultAction::Plain),
    ("mappings", ResultAction::Mappings),
    ("one", ResultAction::One),
    ("one_or_none", ResultAction::First),
    ("partitions", ResultAction::Partitions),
    ("scalar", ResultAction::ScalarFirst),
    ("scalar_one", ResultAction::ScalarOne),
    ("scalar_one_or_none", ResultAction::ScalarFirst),
    ("scalars", ResultAction::Scalars),
    ("tuples", ResultAction::Tuples),
    ("unique", ResultAction::Itself),
    ("yield_per", ResultAction::Itself),
];

/// What a loader option asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OptionAction {
    /// With the query's own rows, by a join or a statement of its own.
    Eager,
    /// With each row, one statement a row.
    Immediate,
    /// Left to the lazy loader.
    Lazy,
    /// Never loaded: empty.
    Nothing,
    /// Only the path.
    Path,
    /// `load_only`
    Only,
    /// `defer`
    Defer,
    /// `undefer`, `undefer_group`
    Undefer,
    /// `selectin_polymorphic`
    Polymorphic,
    /// `option.options(...)`
    Inner,
    /// Columns computed by the query.
    Column,
}

/// By name.
const OPTION: &[(&str, OptionAction)] = &[
    ("contains_eager", OptionAction::Eager),
    ("defaultload", OptionAction::Path),
    ("defer", OptionAction::Defer),
    ("immediateload", OptionAction::Immediate),
    ("joinedload", OptionAction::Eager),
    ("lazyload", OptionAction::Lazy),
    ("load_only", OptionAction::Only),
    ("noload", OptionAction::Nothing),
    ("options", OptionAction::Inner),
    ("raiseload", OptionAction::Nothing),
    ("selectin_polymorphic", OptionAction::Polymorphic),
    ("selectinload", OptionAction::Eager),
    ("subqueryload", OptionAction::Eager),
    ("undefer", OptionAction::Undefer),
    ("undefer_group", OptionAction::Undefer),
    ("with_expression", OptionAction::Column),
];

fn find<A: Copy>(table: &[(&str, A)], name: &str) -> Option<A> {
    table.binary_search_by_key(&name, |line| line.0).ok().map(|index| table[index].1)
}

/// The meaning of a session's method.
pub(super) fn session_action(name: &str) -> Option<SessionAction> {
    find(SESSION, name)
}

/// The meaning of a statement's method.
pub(super) fn statement_action(name: &str) -> Option<StatementAction> {
    find(STATEMENT, name)
}

/// The meaning of a result's method.
pub(super) fn result_action(name: &str) -> Option<ResultAction> {
    find(RESULT, name)
}

/// The meaning of a loader option.
pub(super) fn option_action(name: &str) -> Option<OptionAction> {
    find(OPTION, name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_so_that_a_search_finds_every_line() {
        assert!(SESSION.is_sorted_by_key(|line| line.0));
        assert!(STATEMENT.is_sorted_by_key(|line| line.0));
        assert!(RESULT.is_sorted_by_key(|line| line.0));
        assert!(OPTION.is_sorted_by_key(|line| line.0));
    }
}
