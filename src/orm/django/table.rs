//! The methods of Django's querysets, managers and instances: one line each.
//!
//! Source: Django's QuerySet API, related objects and model instance references; the facts about caches were verified by
//! running (see the fixtures). An `a` in front of a method name is its asynchronous form and means the same.

/// What a method of a queryset or manager does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Another queryset of the same rows or fewer.
    Narrow,
    /// The same, with an ordering.
    Order,
    /// `filter`, `exclude`: keyword look-ups.
    Filter,
    /// `annotate`, `alias`: keyword names become attributes.
    Annotate,
    /// A clone that has lost its fetched rows; on a manager, its queryset.
    All,
    /// `select_related`
    Join,
    /// `prefetch_related`
    Prefetch,
    /// `only`
    Only,
    /// `defer`
    Defer,
    /// `values`
    Values,
    /// `values_list`
    ValuesList,
    /// `dates`, `datetimes`
    Flat,
    /// `none`
    Nothing,
    /// `union`, `intersection`, `difference`: the left operand's rows.
    Combine,
    /// `iterator`
    Iterator,
    /// `fetch_mode`
    FetchMode,
    /// `raw`
    Raw,
    /// One row or an exception.
    One,
    /// One row or `None`; a fetched and ordered queryset answers from memory.
    First,
    /// One row or `None`, always by a query.
    Last,
    /// A number or truth that a fetched queryset answers from memory.
    Count,
    /// A dictionary of aggregates.
    Aggregate,
    /// `in_bulk`
    InBulk,
    /// `create`
    Create,
    /// `get_or_create`, `update_or_create`
    GetOrCreate,
    /// `bulk_create`, `bulk_update`
    Bulk,
    /// `update`
    Update,
    /// `delete`
    Delete,
    /// `get_queryset`
    QuerySet,
    /// Related managers: `add`, `remove`, `set`, `clear`.
    Link,
}

/// By name.
const QUERYSET: &[(&str, Action)] = &[
    ("_chain", Action::All),
    ("_clone", Action::All),
    ("aggregate", Action::Aggregate),
    ("alias", Action::Annotate),
    ("all", Action::All),
    ("annotate", Action::Annotate),
    ("bulk_create", Action::Bulk),
    ("bulk_update", Action::Bulk),
    ("complex_filter", Action::Narrow),
    ("contains", Action::Count),
    ("count", Action::Count),
    ("create", Action::Create),
    ("dates", Action::Flat),
    ("datetimes", Action::Flat),
    ("db_manager", Action::Narrow),
    ("defer", Action::Defer),
    ("delete", Action::Delete),
    ("difference", Action::Combine),
    ("distinct", Action::Narrow),
    ("earliest", Action::One),
    ("exclude", Action::Filter),
    ("exists", Action::Count),
    ("explain", Action::Aggregate),
    ("extra", Action::Narrow),
    ("fetch_mode", Action::FetchMode),
    ("filter", Action::Filter),
    ("first", Action::First),
    ("get", Action::One),
    ("get_or_create", Action::GetOrCreate),
    ("get_queryset", Action::QuerySet),
    ("in_bulk", Action::InBulk),
    // django-polymorphic (`polymorphic.query`): the rows of some subclasses.
    ("instance_of", Action::Narrow),
    ("intersection", Action::Combine),
    ("iterator", Action::Iterator),
    ("last", Action::Last),
    ("latest", Action::One),
    ("non_polymorphic", Action::Narrow),
    ("none", Action::Nothing),
    ("not_instance_of", Action::Narrow),
    ("only", Action::Only),
    ("order_by", Action::Order),
    ("prefetch_related", Action::Prefetch),
    ("raw", Action::Raw),
    ("reverse", Action::Narrow),
    ("select_for_update", Action::Narrow),
    ("select_related", Action::Join),
    // django-model-utils: the same rows, as instances of their subclasses.
    ("select_subclasses", Action::Narrow),
    ("union", Action::Combine),
    ("update", Action::Update),
    ("update_or_create", Action::GetOrCreate),
    ("using", Action::Narrow),
    ("values", Action::Values),
    ("values_list", Action::ValuesList),
];

/// Methods that only related managers have.
const RELATED: &[(&str, Action)] =
    &[("add", Action::Link), ("clear", Action::Link), ("remove", Action::Link), ("set", Action::Link)];

/// What a method of an instance does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowAction {
    /// `save`
    Save,
    /// `delete`
    Delete,
    /// `refresh_from_db`
    Refresh,
    /// `get_next_by_FIELD`, `get_previous_by_FIELD`
    Neighbour,
    /// `full_clean`, `clean_fields`, `validate_unique`, `validate_constraints`: a query per unique check and foreign key.
    Validate,
    /// A plain value.
    Value,
}

const ROW: &[(&str, RowAction)] = &[
    ("clean", RowAction::Value),
    ("clean_fields", RowAction::Validate),
    ("delete", RowAction::Delete),
    ("full_clean", RowAction::Validate),
    ("get_absolute_url", RowAction::Value),
    ("get_deferred_fields", RowAction::Value),
    ("prepare_database_save", RowAction::Value),
    ("refresh_from_db", RowAction::Refresh),
    ("save", RowAction::Save),
    ("save_base", RowAction::Save),
    ("serializable_value", RowAction::Value),
    ("unique_error_message", RowAction::Value),
    ("validate_constraints", RowAction::Validate),
    ("validate_unique", RowAction::Validate),
];

fn find<T: Copy>(table: &[(&str, T)], name: &str) -> Option<T> {
    table.binary_search_by(|(key, _)| (*key).cmp(name)).ok().map(|index| table[index].1)
}

/// The name without the `a` of its asynchronous form, where that is a method.
fn synchronous<T: Copy>(table: &[(&str, T)], name: &str) -> Option<T> {
    find(table, name).or_else(|| name.strip_prefix('a').and_then(|rest| find(table, rest)))
}

/// The action of a queryset method.
pub(super) fn queryset_action(name: &str) -> Option<Action> {
    synchronous(QUERYSET, name)
}

/// The action of a method that only a related manager has.
pub(super) fn related_action(name: &str) -> Option<Action> {
    synchronous(RELATED, name)
}

/// The action of an instance method.
pub(super) fn row_action(name: &str) -> Option<RowAction> {
    if name.starts_with("get_next_by_") || name.starts_with("get_previous_by_") {
        return Some(RowAction::Neighbour);
    }
    if name.starts_with("get_") && name.ends_with("_display") {
        return Some(RowAction::Value);
    }
    synchronous(ROW, name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_so_that_a_search_finds_every_line() {
        assert!(QUERYSET.is_sorted_by_key(|line| line.0));
        assert!(RELATED.is_sorted_by_key(|line| line.0));
        assert!(ROW.is_sorted_by_key(|line| line.0));
    }

    #[test]
    fn an_asynchronous_form_means_the_same() {
        assert_eq!(queryset_action("aget"), Some(Action::One));
        assert_eq!(queryset_action("annotate"), Some(Action::Annotate));
        assert_eq!(related_action("aset"), Some(Action::Link));
        assert_eq!(row_action("asave"), Some(RowAction::Save));
    }
}
