//! Querysets: what their methods give, what evaluating one fires, what a fetched one answers from memory.

use std::rc::Rc;

use super::asked;
use super::elements::{element, know_parent, row_of, size};
use super::lookups::{exclude, filter};
use super::plan;
use super::table::{Action, queryset_action};
use super::writes::write;
use crate::domain::{
    Arguments, Certainty, Columns, Dict, Effect, EffectKind, LoadPlan, Machine, Object, ObjectId, Place, QuerySet,
    RowOrigin, Scalar, Sequence, SequenceKind, Shape, Size, StatementShape, Value, Verb, Why,
};
use crate::project::{ClassRef, ModelId};
use crate::syntax::Name;
use crate::syntax::ir::BinaryOperator;

/// Tags that keep the objects made at one place apart.
const QUERY: u32 = 20;
pub(super) const ROW: u32 = 21;
pub(super) const PAIR: u32 = 22;
const DICT: u32 = 23;

/// The queryset behind an id.
pub(super) fn query(machine: &dyn Machine, id: ObjectId) -> Option<QuerySet> {
    match machine.object(id) {
        Object::QuerySet(query) => Some(query.clone()),
        _ => None,
    }
}

/// A new queryset over all rows of a model, built at `place`.
pub(super) fn fresh(machine: &dyn Machine, model: ModelId, place: Place) -> QuerySet {
    QuerySet {
        model,
        class: None,
        plan: Rc::default(),
        shape: Shape::Rows,
        fields: Rc::default(),
        limit: None,
        result: None,
        origin: RowOrigin {
            place: machine.place_in_project(place),
            model,
            relations: Vec::new(),
            lazy_from: None,
            enclosing: machine.enclosing(),
        },
        related: None,
        defeats_prefetch: false,
        is_ordered: machine.program().schema.model(model).is_ordered,
        is_whole: true,
        is_empty: false,
        is_iterator: false,
        is_batched: false,
        null_relations: Rc::default(),
        truths: Rc::default(),
        facts: Rc::default(),
        fixed: Rc::default(),
        annotations: Rc::default(),
        certainty: Certainty::High,
        asked: Rc::default(),
    }
}

/// Calls a queryset method.
pub(super) fn method(
    machine: &mut dyn Machine,
    id: ObjectId,
    name: Name,
    arguments: &Arguments,
    place: Place,
) -> Option<Value> {
    let action = queryset_action(&name)?;
    let query = query(machine, id)?;
    if name == "extra" {
        crate::orm::raw::remark_pieces(machine, name, arguments, place);
    }
    match action {
        Action::Narrow
        | Action::Order
        | Action::Filter
        | Action::Annotate
        | Action::All
        | Action::Join
        | Action::Prefetch
        | Action::Only
        | Action::Defer
        | Action::Values
        | Action::ValuesList
        | Action::Flat
        | Action::Nothing
        | Action::Combine
        | Action::Iterator
        | Action::FetchMode => Some(derived(machine, query, action, name, arguments, place)),
        Action::QuerySet => Some(Value::Object(id)),
        Action::Raw => {
            crate::orm::raw::remark(machine, name, arguments.get(0, "raw_query"), place);
            Some(raw(machine, query, arguments, place))
        }
        Action::One | Action::First | Action::Last => Some(one(machine, id, query, action, name, arguments, place)),
        Action::Count => Some(count(machine, id, &query, action, name, place)),
        Action::Aggregate => {
            let mut query = query;
            asked::aggregate(Rc::make_mut(&mut query.asked), arguments);
            Some(count(machine, id, &query, action, name, place))
        }
        Action::InBulk => Some(in_bulk(machine, query, name, place)),
        _ => write(machine, query, action, name, arguments, place),
    }
}

/// What a function that nobody knows likely makes of a queryset: one over the same rows, with more conditions.
pub fn narrowed(machine: &mut dyn Machine, id: ObjectId, place: Place) -> Option<Value> {
    let mut query = query(machine, id)?;
    query.is_whole = false;
    query.certainty = query.certainty.min(Certainty::Medium);
    Rc::make_mut(&mut query.asked).is_open = true;
    extend_origin(&mut query, place);
    Some(Value::Object(machine.allocate(place, QUERY, Object::QuerySet(query))))
}

/// Whether a prefetch that was seen has put the rows of a related set there, against: the row may hold anything.
fn is_prefetched(machine: &dyn Machine, query: &QuerySet) -> bool {
    let is_known = |row| matches!(machine.object(row), Object::Row(row) if !row.plan.loads_all);
    query.result.is_some() && query.related.is_some_and(|(row, _)| is_known(row))
}

/// A queryset made from another by a chained call.
fn derived(
    machine: &mut dyn Machine,
    mut query: QuerySet,
    action: Action,
    name: Name,
    arguments: &Arguments,
    place: Place,
) -> Value {
    super::misuse::remark(machine, &query, name, arguments, place);
    query.defeats_prefetch |= is_prefetched(machine, &query);
    query.result = None;
    query.is_whole &= action == Action::All;
    if action == Action::Combine {
        query.truths = Rc::default();
        query.facts = Rc::default();
    }
    extend_origin(&mut query, place);
    if query.related.is_some() && query.plan.is_guess && action != Action::All {
        // No prefetch answers this: whatever the caller has loaded, these rows are fetched anew.
        Rc::make_mut(&mut query.plan).is_guess = false;
        query.certainty = query.certainty.max(Certainty::Medium);
    }
    asked::follow(&mut query, action, name, arguments);
    let model = query.model;
    match action {
        Action::Order => query.is_ordered = !arguments.positional.is_empty(),
        Action::Filter if name.contains("filter") => filter(machine, &mut query, arguments),
        Action::Filter if name == "exclude" => exclude(machine, &mut query, arguments),
        Action::Filter => {}
        Action::Annotate => {
            let names = arguments.keywords.iter().map(|(name, _)| *name);
            query.annotations = Rc::new(query.annotations.iter().copied().chain(names).collect());
        }
        Action::Join => plan::join(Rc::make_mut(&mut query.plan), arguments),
        Action::Prefetch => {
            let mut changed = (*query.plan).clone();
            plan::prefetch(machine, &mut changed, arguments);
            query.plan = Rc::new(changed);
        }
        Action::Only => plan::only(&machine.program().schema, model, Rc::make_mut(&mut query.plan), arguments),
        Action::Defer => plan::defer(&machine.program().schema, model, Rc::make_mut(&mut query.plan), arguments),
        Action::Values => reshape(&mut query, Shape::Dicts, arguments),
        Action::ValuesList => {
            let is_flat = arguments.keyword("flat").is_some_and(|flat| *flat != Value::Scalar(Scalar::Bool(false)));
            reshape(&mut query, if is_flat { Shape::Flat } else { Shape::Tuples }, arguments);
        }
        Action::Flat => query.shape = Shape::Flat,
        Action::Nothing => query.is_empty = true,
        Action::Iterator => {
            query.is_iterator = true;
            if arguments.positional.is_empty() && arguments.keyword("chunk_size").is_none() {
                Rc::make_mut(&mut query.plan).relations.retain(|_, load| !load.is_separate);
            }
            Rc::make_mut(&mut query.plan).fetches_peers = false;
        }
        Action::FetchMode => {
            let mode = arguments.positional.first();
            let is_peers = matches!(mode, Some(Value::External(path)) if path.ends_with("FETCH_PEERS"));
            Rc::make_mut(&mut query.plan).fetches_peers = is_peers;
        }
        _ => {}
    }
    Value::Object(machine.allocate(place, QUERY, Object::QuerySet(query)))
}

/// The origin grows with the chain as long as that is one expression.
pub(super) fn extend_origin(query: &mut QuerySet, place: Place) {
    let origin = &mut query.origin.place;
    if origin.file == place.file && place.span.start <= origin.span.start && origin.span.end <= place.span.end {
        *origin = place;
    }
}

fn reshape(query: &mut QuerySet, shape: Shape, arguments: &Arguments) {
    query.shape = shape;
    query.fields = Rc::new(arguments.texts());
}

/// `Manager.raw(sql)`: rows hold the columns that the statement selects.
fn raw(machine: &mut dyn Machine, mut query: QuerySet, arguments: &Arguments, place: Place) -> Value {
    extend_origin(&mut query, place);
    query.result = None;
    let selected = arguments.positional.first().and_then(Value::as_text).and_then(crate::orm::raw::selected_columns);
    let translated = arguments.get(2, "translations").filter(|given| **given != Value::None);
    let translations = translated.map(|given| texts_of(machine, given));
    if let Some(columns) = selected.filter(|_| translations != Some(None)) {
        let translations = translations.flatten().unwrap_or_default();
        let model = machine.program().schema.model(query.model);
        let attribute = |column: &Name| {
            let column = translations.iter().find(|(from, _)| from == column).map_or(*column, |(_, to)| *to);
            model.columns.iter().find(|known| known.column == column).map_or(column, |known| known.name)
        };
        let names = columns.iter().map(attribute).collect();
        query.plan = Rc::new(LoadPlan { columns: Columns::Only(names), ..LoadPlan::default() });
    }
    Value::Object(machine.allocate(place, QUERY, Object::QuerySet(query)))
}

/// The texts of a dictionary of texts, where all of it is spelled out.
fn texts_of(machine: &dyn Machine, value: &Value) -> Option<Vec<(Name, Name)>> {
    let Value::Object(id) = value else { return None };
    let Object::Dict(dict) = machine.object(*id) else { return None };
    let texts = dict.known.iter().map(|(key, value)| Some((*key, value.as_text()?)));
    texts.collect::<Option<Vec<_>>>().filter(|_| dict.value.is_none())
}

/// `a | b`, `a & b`, `a ^ b` of querysets: the left operand's joins are kept.
pub fn combine(
    machine: &mut dyn Machine,
    left: &Value,
    operator: BinaryOperator,
    right: &Value,
    place: Place,
) -> Option<Value> {
    if !matches!(operator, BinaryOperator::Or | BinaryOperator::And | BinaryOperator::Xor) {
        return None;
    }
    let Value::Object(id) = left else { return None };
    let mut query = query(machine, *id)?;
    if query.is_empty
        && operator == BinaryOperator::Or
        && let Value::Object(other) = right
    {
        query = super::queryset::query(machine, *other)?;
    }
    query.result = None;
    if operator != BinaryOperator::And {
        query.truths = Rc::default();
        query.facts = Rc::default();
    }
    Some(Value::Object(machine.allocate(place, QUERY, Object::QuerySet(query))))
}

/// Fetches the rows unless they are there: the sequence of them.
pub fn evaluate(machine: &mut dyn Machine, id: ObjectId, place: Place) -> ObjectId {
    let Some(query) = query(machine, id) else { return id };
    let doubt = match query.result {
        Some((rows, true)) => return rows,
        Some((_, false)) => Certainty::Medium,
        None => Certainty::High,
    };
    let rows = if query.is_empty {
        Sequence::of(SequenceKind::List, Vec::new())
    } else if is_known_empty(machine, &query) {
        fire_kept(machine, id, &query, place, doubt);
        Sequence::of(SequenceKind::List, Vec::new())
    } else {
        fire_kept(machine, id, &query, place, doubt);
        super::questions::fetched(machine, id, &query, place);
        let element = element(machine, id, &query);
        let size = size(machine, &query);
        super::relation::read_keys(machine, &element, &size, place);
        super::construct::construct_each(machine, &element, &size, place);
        Sequence::many(SequenceKind::List, element, size)
    };
    let rows = machine.derive(id, Name::new("rows"), Object::Sequence(rows));
    if let Object::QuerySet(query) = machine.object_mut(id)
        && !query.is_iterator
    {
        query.result = Some((rows, true));
    }
    rows
}

/// The set of a row that nothing points at, or that was just made.
fn is_known_empty(machine: &dyn Machine, query: &QuerySet) -> bool {
    if query.limit == Some(Size::Known(0)) {
        return true;
    }
    let Some((row, relation)) = query.related else { return false };
    matches!(machine.object(row), Object::Row(row) if row.truths.get(&relation) == Some(&false))
}

fn evaluation_name(query: &QuerySet) -> Name {
    Name::new(if query.is_iterator { "iterator" } else { "all" })
}

/// Records the query of a queryset that keeps its rows.
fn fire_kept(machine: &mut dyn Machine, id: ObjectId, query: &QuerySet, place: Place, certainty: Certainty) {
    let (kind, action) = (EffectKind::Evaluate, evaluation_name(query));
    let effect = effect_of(machine, query, kind, Verb::Select, action, place, certainty);
    let kept_by = (!query.is_iterator).then_some(id);
    machine.fire(Effect { kept_by, ..effect });
}

/// Records the query of a queryset.
pub(super) fn fire(
    machine: &mut dyn Machine,
    query: &QuerySet,
    kind: EffectKind,
    verb: Verb,
    action: Name,
    place: Place,
    certainty: Certainty,
) {
    if query.is_empty {
        return;
    }
    let effect = effect_of(machine, query, kind, verb, action, place, certainty);
    machine.fire(effect);
}

fn effect_of(
    machine: &mut dyn Machine,
    query: &QuerySet,
    kind: EffectKind,
    verb: Verb,
    action: Name,
    place: Place,
    certainty: Certainty,
) -> Effect {
    if matches!(kind, EffectKind::Evaluate | EffectKind::Get) {
        super::misuse::fetched(machine, query, action, place);
    }
    let (mut model, mut relation, mut receiver, mut kind) = (query.model, None, None, kind);
    let mut certainty = certainty.min(query.certainty);
    if let Some((row, name)) = query.related {
        relation = Some(name);
        receiver = Some(row);
        if let Object::Row(row) = machine.object(row) {
            model = row.model;
        }
        let reads = matches!(kind, EffectKind::Evaluate | EffectKind::Get | EffectKind::Count);
        if query.plan.is_guess && reads && kind != EffectKind::Get && action != "aggregate" {
            certainty = Certainty::Low;
        }
        if reads && query.defeats_prefetch {
            kind = EffectKind::PrefetchDefeated;
        } else if matches!(kind, EffectKind::Evaluate | EffectKind::Get) {
            kind = EffectKind::RelatedQuery;
        }
    }
    Effect {
        model: Some(model),
        relation,
        receiver,
        certainty,
        footprint: Some(StatementShape::Asked(asked::of(query))),
        is_batched: query.is_batched,
        built: Some(query.origin.place),
        ..Effect::of(kind, verb, action, place)
    }
}

/// `get`, `first`, `last`, `earliest`, `latest`.
fn one(
    machine: &mut dyn Machine,
    id: ObjectId,
    query: QuerySet,
    action: Action,
    name: Name,
    arguments: &Arguments,
    place: Place,
) -> Value {
    if query.is_empty {
        return Value::None;
    }
    if action == Action::First
        && query.is_ordered
        && let Some((rows, true)) = query.result
    {
        return first_of(machine, rows).join(&Value::None, None);
    }
    if is_any(name, arguments) {
        super::questions::fetched_one(machine, id, &query);
    }
    let mut query = query;
    query.defeats_prefetch |= is_prefetched(machine, &query);
    extend_origin(&mut query, place);
    if !arguments.keywords.is_empty() {
        filter(machine, &mut query, arguments);
    }
    match name.trim_start_matches('a') {
        "latest" | "earliest" => asked::order(Rc::make_mut(&mut query.asked), arguments),
        _ => asked::compare(Rc::make_mut(&mut query.asked), arguments, false),
    }
    fire(machine, &query, EffectKind::Get, Verb::Select, name, place, Certainty::High);
    let value = match query.shape {
        Shape::Rows => {
            let row = machine.allocate(place, ROW, Object::Row(row_of(&query)));
            know_parent(machine, row, &query);
            Value::Object(row)
        }
        _ => element(machine, id, &query),
    };
    if matches!(action, Action::One) { value } else { value.join(&Value::None, None) }
}

/// `get()`, `first()`, `last()`: a row of the queryset as it is.
fn is_any(name: Name, arguments: &Arguments) -> bool {
    let is_bare = arguments.positional.is_empty() && arguments.keywords.is_empty();
    let is_bare = is_bare && arguments.star.is_none() && arguments.double_star.is_none();
    is_bare && matches!(name.trim_start_matches('a'), "get" | "first" | "last")
}

fn first_of(machine: &dyn Machine, rows: ObjectId) -> Value {
    match machine.object(rows) {
        Object::Sequence(rows) => rows.any().unwrap_or(Value::None),
        _ => Value::unknown(Why::Element),
    }
}

/// `count`, `exists`, `contains`, `aggregate`.
fn count(machine: &mut dyn Machine, id: ObjectId, query: &QuerySet, action: Action, name: Name, place: Place) -> Value {
    let is_answered = action == Action::Count && matches!(query.result, Some((_, true)));
    if !is_answered && !query.is_empty {
        // Where rows were perhaps fetched, they were whenever there was one.
        let is_likely_answered = query.result.is_some() && action == Action::Count;
        let certainty = if is_likely_answered { Certainty::Low } else { Certainty::High };
        fire(machine, query, EffectKind::Count, Verb::Select, name, place, certainty);
        super::questions::counted(machine, id, query, name, place);
    }
    if action == Action::Aggregate {
        let dict = Dict { value: Some(Value::ANY), key: Some(Value::ANY), size: Size::Known(4), ..Dict::empty() };
        return Value::Object(machine.allocate(place, DICT, Object::Dict(dict)));
    }
    Value::ANY
}

fn in_bulk(machine: &mut dyn Machine, mut query: QuerySet, name: Name, place: Place) -> Value {
    extend_origin(&mut query, place);
    fire(machine, &query, EffectKind::Evaluate, Verb::Select, name, place, Certainty::High);
    let dict = machine.allocate(place, DICT, Object::Dict(Dict::empty()));
    let row = machine.derive_element(dict, Name::new("row"), Object::Row(row_of(&query)));
    let size = size(machine, &query);
    if let Object::Dict(dict) = machine.object_mut(dict) {
        *dict = Dict { key: Some(Value::Scalar(Scalar::Key)), value: Some(Value::Object(row)), size, ..Dict::empty() };
    }
    Value::Object(dict)
}

/// `queryset[n]`: from memory when fetched, else one query.
pub fn index(machine: &mut dyn Machine, id: ObjectId, place: Place) -> Value {
    let Some(mut query) = query(machine, id) else { return Value::unknown(Why::Element) };
    if let Some((rows, true)) = query.result {
        return first_of(machine, rows);
    }
    super::questions::fetched_one(machine, id, &query);
    extend_origin(&mut query, place);
    fire(machine, &query, EffectKind::Get, Verb::Select, Name::new("[]"), place, Certainty::High);
    match query.shape {
        Shape::Rows => {
            let row = machine.allocate(place, ROW, Object::Row(row_of(&query)));
            know_parent(machine, row, &query);
            Value::Object(row)
        }
        _ => element(machine, id, &query),
    }
}

/// `queryset[a:b]`: a list of fetched rows, or a queryset with a limit.
pub fn slice(machine: &mut dyn Machine, id: ObjectId, length: Size, skips: bool, place: Place) -> Value {
    let Some(mut query) = query(machine, id) else { return Value::unknown(Why::Element) };
    let is_bounded = !matches!(length, Size::Unknown(_));
    if let Some((rows, true)) = query.result {
        let Object::Sequence(mut rows) = machine.object(rows).clone() else { return Value::unknown(Why::Element) };
        if is_bounded {
            rows.size = length;
        }
        return Value::Object(machine.allocate(place, QUERY, Object::Sequence(rows)));
    }
    extend_origin(&mut query, place);
    query.defeats_prefetch |= is_prefetched(machine, &query);
    query.result = None;
    query.is_whole = false;
    let asked = Rc::make_mut(&mut query.asked);
    asked.is_limited = true;
    asked.is_offset |= skips;
    asked.is_narrowed |= query.related.is_some();
    if is_bounded {
        query.limit = Some(length);
    }
    Value::Object(machine.allocate(place, QUERY, Object::QuerySet(query)))
}

/// A queryset that a method of a manager or queryset class returns begins where the method is called: that is where an
/// eager load for this use belongs.
pub fn begin_at(machine: &mut dyn Machine, value: &Value, place: Place) {
    let enclosing = machine.enclosing();
    for part in value.disjuncts() {
        let Value::Object(id) = part else { continue };
        if let Object::QuerySet(query) = machine.object_mut(id) {
            query.origin.place = place;
            query.origin.enclosing = enclosing;
        }
    }
}

/// Plain attributes of a queryset.
pub fn queryset_attribute(machine: &mut dyn Machine, id: ObjectId, name: Name) -> Option<Value> {
    let query = query(machine, id)?;
    match name.as_str() {
        "model" => Some(Value::Class(ClassRef::Known(machine.program().schema.model(query.model).class))),
        "db" | "query" | "ordered" => Some(Value::ANY),
        "_result_cache" => Some(match query.result {
            Some((rows, true)) => Value::Object(rows),
            Some((rows, false)) => Value::Object(rows).join(&Value::None, None),
            None if query.plan.is_guess => Value::ANY,
            None => Value::None,
        }),
        _ => None,
    }
}

/// A queryset of a model that nobody was seen building: an annotated parameter.
pub fn assumed_query(machine: &mut dyn Machine, model: &Value, place: Place) -> Value {
    let Value::Class(ClassRef::Known(class)) = model else { return Value::unknown(Why::Parameter) };
    let Some(model) = machine.program().schema.of_class(*class).map(|model| model.id) else {
        return Value::unknown(Why::Parameter);
    };
    let plan = Rc::new(LoadPlan { is_guess: machine.guesses_plan(), ..LoadPlan::default() });
    let query = QuerySet { certainty: machine.assumed_certainty(), plan, ..fresh(machine, model, place) };
    Value::Object(machine.allocate(place, QUERY, Object::QuerySet(query)))
}
