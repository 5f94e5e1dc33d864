//! Statements and queries: what is selected, what chained calls change, what running one fires.

use std::rc::Rc;

use super::asked;
use super::external::{COUNT, EXPRESSION};
use super::joins;
use super::options;
use super::result;
use super::session;
use super::table::{StatementAction, statement_action};
use crate::domain::{
    Alchemy, Arguments, Certainty, Dict, Effect, EffectKind, Entity, Fetched, Fixed, LoadPlan, Machine, NamedTuple,
    Object, ObjectId, Place, ResultShape, RowOrigin, Scalar, Sequence, SequenceKind, Size, Statement, StatementKind,
    StatementShape, Value, Verb,
};
use crate::project::{Binding, ClassId, ClassRef, Member, ModelId, Orm, Program};
use crate::syntax::Name;

const STATEMENT: u32 = 61;
const LIST: u32 = 62;
const PAGE: u32 = 63;
const RESULT: u32 = 500;
const DESCRIPTION: u32 = 600;

/// The SQLAlchemy model that a value stands for: a class, an alias.
pub(super) fn model_of(machine: &dyn Machine, value: &Value) -> Option<ModelId> {
    if let Some(class) = options::class_of(value) {
        let model = machine.program().schema.of_class(class)?;
        return (model.orm == Orm::SqlAlchemy).then_some(model.id);
    }
    match value {
        Value::Object(id) => match machine.object(*id) {
            Object::Alchemy(Alchemy::Entity(model, _)) => Some(*model),
            _ => None,
        },
        _ => None,
    }
}

/// The statement behind a value.
pub(super) fn statement_of(machine: &dyn Machine, value: &Value) -> Option<Statement> {
    let Value::Object(id) = value else { return None };
    match machine.object(*id) {
        Object::Alchemy(Alchemy::Statement(statement)) => Some(statement.clone()),
        _ => None,
    }
}

/// What selecting a value gives.
fn entity(machine: &dyn Machine, value: &Value) -> Entity {
    if let Some(model) = model_of(machine, value) {
        let about = machine.program().schema.model(model);
        let name = about.label.rsplit('.').next().map(Name::new);
        return Entity { name, model: Some(model), value: value.clone(), is_computed: false, is_count: false };
    }
    let plain = Entity { name: None, model: None, value: Value::ANY, is_computed: false, is_count: false };
    match value {
        Value::Mapped(mapped) => {
            let (model, name) = (mapped.0, mapped.1.last().copied());
            let target = name.and_then(|name| machine.program().schema.model(model).relation(name));
            match target.and_then(|relation| relation.target) {
                Some(target) => Entity { name, model: Some(target), value: value.clone(), ..plain },
                None => Entity { name, value: result::column_value(machine, model, name), ..plain },
            }
        }
        Value::External(path) if path.starts_with(COUNT) => Entity { is_computed: true, is_count: true, ..plain },
        Value::External(path) => {
            let name = path.split_once(" as ").map(|(_, name)| Name::new(name));
            let is_computed = path.split(" as ").next() == Some(EXPRESSION);
            Entity { name, is_computed, ..plain }
        }
        // `func.sum(Book.pages) / 2`
        Value::Scalar(_) => Entity { is_computed: true, ..plain },
        _ => plain,
    }
}

/// `query.column_descriptions`: a dictionary for each thing that is selected.
pub(super) fn descriptions(machine: &mut dyn Machine, statement: &Statement, place: Place) -> Value {
    let described = |machine: &mut dyn Machine, (number, entity): (usize, &Entity)| {
        let class = entity.model.or(statement.model).map(|model| machine.program().schema.model(model).class);
        let class = class.map_or(Value::None, |class| Value::Class(ClassRef::Known(class)));
        let name = entity.name.map_or(Value::ANY, |name| Value::Scalar(Scalar::Text(name)));
        let known = [("entity", class.clone()), ("type", class), ("name", name), ("expr", entity.value.clone())];
        let known = known.map(|(key, value)| (Name::new(key), value)).to_vec();
        let dict = Dict { size: Size::Known(known.len() as u64), known, ..Dict::empty() };
        Value::Object(machine.allocate(place, DESCRIPTION + number as u32, Object::Dict(dict)))
    };
    let all = statement.entities.iter().enumerate().map(|one| described(machine, one)).collect();
    Value::Object(machine.allocate(place, LIST, Object::Sequence(Sequence::of(SequenceKind::List, all))))
}

fn entities(machine: &dyn Machine, values: &[Value]) -> Vec<Entity> {
    let mut found = Vec::new();
    for value in values {
        match value {
            Value::Object(id) => match machine.object(*id) {
                Object::Sequence(Sequence { items: Some(items), .. }) => found.extend(entities(machine, items)),
                Object::Alchemy(Alchemy::Tuple(tuple)) => {
                    found.extend(tuple.items.first().map(|first| entity(machine, first)));
                }
                _ => found.push(entity(machine, value)),
            },
            value => found.push(entity(machine, value)),
        }
    }
    found
}

/// A new statement over what the arguments name.
pub(super) fn fresh(
    machine: &dyn Machine,
    kind: StatementKind,
    arguments: &Arguments,
    session: Option<ObjectId>,
    place: Place,
) -> Option<Statement> {
    let entities = entities(machine, &arguments.positional);
    let model = anchor(machine, &arguments.positional).or_else(|| entities.iter().find_map(|entity| entity.model));
    let plans = arguments.positional.iter().filter_map(|value| own_plan(machine, value)).collect();
    let origin = RowOrigin {
        place,
        model: model.or(machine.program().schema.models.first().map(|model| model.id))?,
        relations: Vec::new(),
        lazy_from: None,
        enclosing: machine.enclosing(),
    };
    Some(Statement {
        kind,
        model,
        entities,
        plans,
        session,
        limit: None,
        origin,
        related: None,
        is_batched: false,
        is_grouped: false,
        is_filtered: false,
        fixed: Vec::new(),
        asked: Rc::default(),
        text: None,
        certainty: Certainty::High,
    })
}

/// The model whose table a statement reads, also where only columns are selected.
fn anchor(machine: &dyn Machine, values: &[Value]) -> Option<ModelId> {
    let named = values.iter().find_map(|value| match value {
        Value::Mapped(mapped) => Some(mapped.0),
        value => model_of(machine, value),
    });
    let counted = |value: &Value| match value {
        Value::External(path) => path.strip_prefix(COUNT)?.trim_start().parse().ok().map(ModelId),
        _ => None,
    };
    named.or_else(|| values.iter().find_map(counted))
}

/// What a polymorphic entity loads by itself.
fn own_plan(machine: &dyn Machine, value: &Value) -> Option<(ModelId, LoadPlan)> {
    let Value::Object(id) = value else { return None };
    match machine.object(*id) {
        Object::Alchemy(Alchemy::Entity(model, plan)) => Some((*model, (**plan).clone())),
        _ => None,
    }
}

/// A statement as a value.
pub(super) fn value(machine: &mut dyn Machine, statement: Statement, place: Place) -> Value {
    Value::Object(machine.allocate(place, STATEMENT, Object::Alchemy(Alchemy::Statement(statement))))
}

/// Calls a method of a statement or query.
pub(super) fn method(
    machine: &mut dyn Machine,
    statement: &Statement,
    name: Name,
    arguments: &Arguments,
    place: Place,
) -> Option<Value> {
    let is_query = statement.kind == StatementKind::Query;
    let Some(action) = statement_action(&name) else {
        return own_method(machine, statement, name, place)
            .map(|method| machine.call(&method, arguments.clone(), place));
    };
    match action {
        StatementAction::Expression => Some(Value::External(Name::new("sqlalchemy.expression"))),
        StatementAction::Link => Some(Value::None),
        StatementAction::All if is_query => all(machine, statement, name, place),
        StatementAction::One if is_query => one(machine, statement, name, place),
        StatementAction::First if is_query => Some(one(machine, statement, name, place)?.join(&Value::None, None)),
        StatementAction::Scalar if is_query => {
            let first = first_value(machine, statement, name, place)?;
            Some(first.join(&Value::None, None))
        }
        StatementAction::Count if is_query => {
            run(machine, statement, statement.session?, EffectKind::Count, Verb::Select, name, place);
            Some(Value::ANY)
        }
        StatementAction::Get | StatementAction::GetOne if is_query => {
            let model = statement.entities.first()?.model?;
            session::get(machine, statement.session?, model, &statement.plans, arguments, name, place)
        }
        StatementAction::Update if is_query => {
            run(machine, statement, statement.session?, EffectKind::Update, Verb::Update, name, place);
            Some(Value::ANY)
        }
        StatementAction::Delete if is_query => {
            run(machine, statement, statement.session?, EffectKind::BulkDelete, Verb::Delete, name, place);
            Some(Value::ANY)
        }
        StatementAction::Paginate => {
            paginate(machine, statement, statement.session?, natural_shape(statement), name, place)
        }
        _ => {
            let changed = derived(machine, statement, action, name, arguments, place);
            Some(value(machine, changed, place))
        }
    }
}

/// A method that the project's class of queries defines: the model's `query_class`, else the only class which is a query and
/// has one of this name (`query_cls=`).
fn own_method(machine: &mut dyn Machine, statement: &Statement, name: Name, place: Place) -> Option<Value> {
    let program = machine.program();
    let is_query = |class: &ClassRef| matches!(class, ClassRef::External(path) if path.ends_with("Query"));
    let mut found = program
        .classes
        .iter()
        .filter(|class| class.members.contains_key(&name) && class.mro.iter().any(is_query))
        .map(|class| class.id);
    let only = found.next().filter(|_| found.next().is_none());
    let own = query_class(program, statement).filter(|class| program.member(*class, name, None).is_some());
    let class = own.or(only).filter(|_| statement.kind == StatementKind::Query)?;
    let receiver = value(machine, statement.clone(), place);
    machine.attribute_of_subclass(class, &receiver, name, place)
}

/// `query_class = BookQuery` of Flask-SQLAlchemy: the class of what `Book.query` gives.
fn query_class(program: &Program, statement: &Statement) -> Option<ClassId> {
    let name = Name::new("query_class");
    let (owner, member, _) = program.member(program.schema.model(statement.model?).class, name, None)?;
    match member {
        Member::Class(class) => Some(*class),
        Member::Variable(_) => {
            let written = program.class_assignment(owner, name)?;
            match program.resolve_expr(program.class(owner).module, Some(owner), written)? {
                Binding::Class(class) => Some(class),
                _ => None,
            }
        }
        Member::Function(_) | Member::Property(_) => None,
    }
}

/// A statement made from another by a chained call.
fn derived(
    machine: &mut dyn Machine,
    statement: &Statement,
    action: StatementAction,
    name: Name,
    arguments: &Arguments,
    place: Place,
) -> Statement {
    let mut statement = statement.clone();
    extend_origin(&mut statement, place);
    if name == "select_from" && statement.model.is_none() {
        statement.model = arguments.positional.first().and_then(|from| model_of(machine, from));
        statement.origin.model = statement.model.unwrap_or(statement.origin.model);
    }
    asked::follow(machine, &mut statement, action, name, arguments);
    match action {
        StatementAction::Filter => {
            let is_batched = asked::conditions(machine, &arguments.positional).into_iter().any(asked::is_batch);
            statement.is_batched |= is_batched;
            let known = statement.fixed.len();
            fix(machine, &mut statement, name, arguments);
            statement.is_filtered |=
                !is_batched && !asks_for_part_of_key(machine, &statement.fixed[known..], arguments);
        }
        StatementAction::Options => {
            let first = statement.entities.iter().find_map(|entity| entity.model);
            options::apply(machine, &mut statement.plans, first, arguments);
        }
        StatementAction::Limit => statement.limit = Some(limit(arguments, name)),
        StatementAction::Group => statement.is_grouped = true,
        StatementAction::AddColumns => statement.entities.extend(entities(machine, &arguments.positional)),
        StatementAction::Entities => statement.entities = entities(machine, &arguments.positional),
        StatementAction::EagerLoads if arguments.positional.first() == Some(&Value::Scalar(Scalar::Bool(false))) => {
            let plan = LoadPlan { ignores_mapping: true, ..LoadPlan::default() };
            statement.plans = vec![(statement.origin.model, plan)];
        }
        StatementAction::Narrow if matches!(name.as_str(), "join" | "outerjoin") => {
            statement.plans.extend(joins::joined(machine, &statement, arguments));
            statement.is_filtered |= name == "join" && leaves_out(machine, arguments);
        }
        StatementAction::Narrow if name == "select" && statement.kind == StatementKind::WriteOnly => {
            statement.kind = StatementKind::Select;
        }
        StatementAction::Insert if statement.kind == StatementKind::WriteOnly => {
            statement.kind = StatementKind::Insert;
        }
        _ => {}
    }
    statement
}

/// Whether joining a relation leaves out rows: those for which it leads nowhere.
fn leaves_out(machine: &dyn Machine, arguments: &Arguments) -> bool {
    let is_outer = arguments.keyword("isouter") == Some(&Value::Scalar(Scalar::Bool(true)));
    let Some(Value::Mapped(mapped)) = arguments.positional.first().filter(|_| !is_outer) else { return false };
    let name = mapped.1.first().copied();
    let relation = name.and_then(|name| machine.program().schema.model(mapped.0).relation(name));
    relation.is_some_and(|relation| relation.nullable || !relation.kind.holds_key())
}

/// Remembers the attributes that `filter(Book.author == value)` and `filter_by(author=value)` hold equal to one value,
/// those of a joined model too.
fn fix(machine: &dyn Machine, statement: &mut Statement, name: Name, arguments: &Arguments) {
    let fixed = |model: ModelId, attribute: Name, value: &Value| {
        let rows = match value {
            Value::Scalar(Scalar::KeyOf(id, None)) => vec![*id],
            _ => super::unit::rows(machine, value),
        };
        let row = rows.first().copied().filter(|_| rows.len() == 1);
        Fixed { model, attribute, row, is_null: *value == Value::None }
    };
    if let Some(model) = statement.model.filter(|_| name == "filter_by") {
        statement.fixed.extend(arguments.keywords.iter().map(|(name, value)| fixed(model, *name, value)));
    }
    for condition in asked::conditions(machine, &arguments.positional) {
        if let Some((model, attribute, value)) = asked::equality(machine, condition) {
            statement.fixed.push(fixed(model, attribute, value));
        } else if let Some(model) = statement.model
            && let Some(key) = asked::null_key(machine, model, condition)
        {
            statement.fixed.push(Fixed { model, attribute: key, row: None, is_null: true });
        }
    }
    if name == "with_parent"
        && let (Some(model), Some(parent)) = (statement.model, arguments.positional.first())
    {
        statement.fixed.extend(toward(machine, statement, arguments).map(|relation| fixed(model, relation, parent)));
    }
}

/// Whether all conditions hold parts of a key of several columns equal to something: whoever reads the stock of one warehouse looks up
/// by warehouse and article afterwards.
fn asks_for_part_of_key(machine: &dyn Machine, fixed: &[Fixed], arguments: &Arguments) -> bool {
    let conditions = asked::conditions(machine, &arguments.positional).len() + arguments.keywords.len();
    let is_part = |fixed: &Fixed| {
        let model = machine.program().schema.model(fixed.model);
        let keys = model.columns.iter().filter(|column| column.primary_key).count();
        keys > 1 && model.column(fixed.attribute).is_some_and(|column| column.primary_key)
    };
    fixed.len() == conditions && fixed.iter().all(is_part)
}

/// The many-to-one over which `with_parent(row)` ties the rows, where there is but one to the model of that row.
fn toward(machine: &dyn Machine, statement: &Statement, arguments: &Arguments) -> Option<Name> {
    let parents = super::unit::rows(machine, arguments.positional.first()?);
    let Object::Row(parent) = machine.object(*parents.first()?) else { return None };
    let model = machine.program().schema.model(statement.model?);
    let mut found = model.relations.iter().filter(|relation| {
        relation.kind == crate::project::RelationKind::ManyToOne && relation.target == Some(parent.model)
    });
    let only = found.next()?;
    found.next().is_none().then_some(only.name)
}

fn limit(arguments: &Arguments, name: Name) -> Size {
    let last = if name == "slice" { arguments.positional.get(1) } else { arguments.positional.first() };
    match last {
        Some(Value::Scalar(Scalar::Int(number))) => Size::Bounded(Some(u64::try_from(*number).unwrap_or(0))),
        _ => Size::Bounded(None),
    }
}

/// What a function that nobody knows likely makes of a statement: one over the same rows, with more conditions.
pub fn narrowed(machine: &mut dyn Machine, id: ObjectId, place: Place) -> Option<Value> {
    let mut statement = statement_of(machine, &Value::Object(id))?;
    statement.is_filtered = true;
    statement.certainty = statement.certainty.min(Certainty::Medium);
    Rc::make_mut(&mut statement.asked).is_open = true;
    extend_origin(&mut statement, place);
    Some(value(machine, statement, place))
}

/// The origin grows with the chain as long as that is one expression.
fn extend_origin(statement: &mut Statement, place: Place) {
    let origin = &mut statement.origin.place;
    if origin.file == place.file && place.span.start <= origin.span.start && origin.span.end <= place.span.end {
        *origin = place;
    }
}

/// Sends a statement: what waits in the session is flushed first.
pub(super) fn run(
    machine: &mut dyn Machine,
    statement: &Statement,
    session: ObjectId,
    kind: EffectKind,
    verb: Verb,
    action: Name,
    place: Place,
) {
    if let Some(model) = statement.model.filter(|_| verb == Verb::Insert) {
        super::fresh::remember(machine, model);
    }
    // A condition that names a row reads its key, and so does the query of a `dynamic` collection.
    let owner = statement.related.map(|(row, _)| row);
    for row in statement.fixed.iter().filter_map(|fixed| fixed.row).chain(owner) {
        super::row::touch_key(machine, row, place);
    }
    session::autoflush(machine, session, place);
    if matches!(kind, EffectKind::Evaluate | EffectKind::Get) {
        super::product::remark(machine, statement);
    }
    let (mut model, mut relation, mut receiver, mut kind) = (statement.model, None, None, kind);
    if let Some((row, name)) = statement.related {
        relation = Some(name);
        receiver = Some(row);
        if let Object::Row(row) = machine.object(row) {
            model = Some(row.model);
        }
        if matches!(kind, EffectKind::Evaluate | EffectKind::Get) {
            kind = EffectKind::RelatedQuery;
        }
    }
    let known = statement.text.and_then(|text| crate::orm::sql::footprint(&text));
    let (verb, footprint) = match known {
        Some((verb, footprint)) => (verb, StatementShape::Known(footprint)),
        None => (verb, StatementShape::Asked(asked::of(machine, statement))),
    };
    machine.fire(Effect {
        model,
        relation,
        receiver,
        certainty: session::certainty(machine, session).min(statement.certainty),
        footprint: Some(footprint),
        is_batched: statement.is_batched,
        built: Some(statement.origin.place),
        ..Effect::of(kind, verb, action, place)
    });
}

/// How many rows a statement gives.
pub(super) fn size(machine: &dyn Machine, statement: &Statement) -> Size {
    if let Some(limit) = &statement.limit {
        return limit.clone();
    }
    let is_aggregate = |entity: &Entity| entity.is_computed && entity.name.is_none();
    if !statement.is_grouped && !statement.entities.is_empty() && statement.entities.iter().all(is_aggregate) {
        return Size::Known(1);
    }
    let label = |model: ModelId| machine.program().schema.model(model).label;
    match statement.related {
        Some((row, relation)) => match machine.object(row) {
            Object::Row(row) => Size::Rows(Name::new(&format!("{}.{relation}", label(row.model)))),
            _ => Size::Rows(label(statement.origin.model)),
        },
        None if statement.model.is_none() => Size::Unknown(Name::new("the result")),
        None => Size::Rows(label(statement.origin.model)),
    }
}

/// The session a query runs in.
fn own_session(machine: &mut dyn Machine, statement: &Statement) -> ObjectId {
    match statement.session {
        Some(session) => session,
        None => session::ambient(machine, Certainty::High),
    }
}

/// Runs a query for all its rows: a list.
pub(super) fn all(machine: &mut dyn Machine, statement: &Statement, name: Name, place: Place) -> Option<Value> {
    if statement.kind != StatementKind::Query {
        return None;
    }
    let session = own_session(machine, statement);
    run(machine, statement, session, EffectKind::Evaluate, Verb::Select, name, place);
    let shape = natural_shape(statement);
    Some(list(machine, statement, session, shape, place))
}

/// Queries for one entity give it; others give tuples.
fn natural_shape(statement: &Statement) -> ResultShape {
    match statement.entities.as_slice() {
        [one] if one.model.is_some() => ResultShape::Scalars,
        _ => ResultShape::Tuples,
    }
}

/// The list of what a statement gave.
pub(super) fn list(
    machine: &mut dyn Machine,
    statement: &Statement,
    session: ObjectId,
    shape: ResultShape,
    place: Place,
) -> Value {
    let empty = Sequence::of(SequenceKind::List, Vec::new());
    let list = machine.allocate(place, LIST, Object::Sequence(empty));
    let element = result::element(machine, list, statement, session, shape, true, place);
    let size = size(machine, statement);
    if let Object::Sequence(list) = machine.object_mut(list) {
        *list = Sequence::many(SequenceKind::List, element, size);
    }
    Value::Object(list)
}

/// Runs a query for one row.
pub(super) fn one(machine: &mut dyn Machine, statement: &Statement, name: Name, place: Place) -> Option<Value> {
    if statement.kind != StatementKind::Query {
        return None;
    }
    let session = own_session(machine, statement);
    run(machine, statement, session, EffectKind::Get, Verb::Select, name, place);
    let holder = machine.allocate(place, LIST, Object::Sequence(Sequence::of(SequenceKind::List, Vec::new())));
    Some(result::element(machine, holder, statement, session, natural_shape(statement), false, place))
}

fn first_value(machine: &mut dyn Machine, statement: &Statement, name: Name, place: Place) -> Option<Value> {
    let session = own_session(machine, statement);
    let is_stored = statement.entities.first().is_some_and(|entity| !entity.is_computed);
    let kind = if is_stored { EffectKind::Get } else { EffectKind::Count };
    run(machine, statement, session, kind, Verb::Select, name, place);
    let holder = machine.allocate(place, LIST, Object::Sequence(Sequence::of(SequenceKind::List, Vec::new())));
    Some(result::element(machine, holder, statement, session, ResultShape::Scalars, false, place))
}

/// What executing a statement in a session gives; the number tells the alternatives of one place apart.
pub(super) fn execute(
    machine: &mut dyn Machine,
    session: ObjectId,
    statement: &Statement,
    shape: ResultShape,
    arguments: &Arguments,
    name: Name,
    (place, number): (Place, u32),
) -> Value {
    let has_many = arguments.get(1, "params").is_some_and(|rows| is_list(machine, rows));
    let (kind, verb) = match statement.kind {
        StatementKind::Insert if has_many => (EffectKind::Bulk, Verb::Insert),
        StatementKind::Update if has_many => (EffectKind::Bulk, Verb::Update),
        StatementKind::Insert => (EffectKind::Create, Verb::Insert),
        StatementKind::Update => (EffectKind::Update, Verb::Update),
        StatementKind::Delete => (EffectKind::BulkDelete, Verb::Delete),
        StatementKind::Text => (EffectKind::Raw, Verb::Select),
        _ => (EffectKind::Evaluate, Verb::Select),
    };
    let kind = if kind == EffectKind::Evaluate && is_single(machine, statement) { EffectKind::Count } else { kind };
    run(machine, statement, session, kind, verb, name, place);
    let fetched = Fetched { statement: std::rc::Rc::new(statement.clone()), session, shape, is_unique: false };
    let id = machine.allocate(place, RESULT + number, Object::Alchemy(Alchemy::Result(fetched.clone())));
    if statement.entities.iter().any(|entity| entity.model.is_some()) && statement.kind == StatementKind::Select {
        result::refill(machine, &fetched);
    }
    Value::Object(id)
}

/// Only counts, sums and the like are selected.
fn is_single(machine: &dyn Machine, statement: &Statement) -> bool {
    size(machine, statement) == Size::Known(1) && statement.limit.is_none()
}

fn is_list(machine: &dyn Machine, value: &Value) -> bool {
    let Value::Object(id) = value else { return false };
    matches!(machine.object(*id), Object::Sequence(_))
}

/// `paginate(...)`: the page's rows and the number of all. A query gives the rows that its own `all()` would; what the
/// extension is given goes through `scalars()`.
pub(super) fn paginate(
    machine: &mut dyn Machine,
    statement: &Statement,
    session: ObjectId,
    shape: ResultShape,
    name: Name,
    place: Place,
) -> Option<Value> {
    let mut page = statement.clone();
    page.limit = Some(Size::Bounded(None));
    run(machine, &page, session, EffectKind::Evaluate, Verb::Select, name, place);
    let items = list(machine, &page, session, shape, place);
    let names = ["items", "total", "page", "pages", "per_page", "has_next", "has_prev", "next_num", "prev_num"];
    let mut values = vec![items];
    values.resize(names.len(), Value::ANY);
    let tuple = NamedTuple { names: names.iter().map(|name| Some(Name::new(name))).collect(), items: values };
    Some(Value::Object(machine.allocate(place, PAGE, Object::Alchemy(Alchemy::Page(tuple)))))
}
