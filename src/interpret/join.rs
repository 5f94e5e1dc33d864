//! One object from the two it became in two branches.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::domain::{
    Alchemy, Attachment, Dict, Facts, Generator, Guard, Instance, Loaded, Object, ObjectId, QuerySet, Row, Scope,
    Sequence, Session, Size, Value, Why,
};
use crate::syntax::Name;

/// A session that two branches have used differently, with what it counted in the first and in the second.
pub(crate) struct Parted {
    session: ObjectId,
    counts: [Counts; 2],
}

#[derive(Clone, Copy, PartialEq)]
struct Counts {
    commits: u32,
    flushes: u32,
}

/// One of the two branches that meet.
#[derive(Clone, Copy)]
pub(crate) enum Side {
    First,
    Second,
}

impl Parted {
    /// The session behind two versions of an object, where its counts differ.
    pub(crate) fn of(session: ObjectId, a: &Object, b: &Object) -> Option<Parted> {
        let (Object::Alchemy(Alchemy::Session(a)), Object::Alchemy(Alchemy::Session(b))) = (a, b) else { return None };
        let counts = [a, b].map(|session| Counts { commits: session.commits, flushes: session.flushes });
        (counts[0] != counts[1]).then_some(Parted { session, counts })
    }
}

/// The tie of a row of one branch as the joined session counts: what is up to date in its own branch stays so.
fn carried(tie: Option<Attachment>, parted: &[Parted], side: Side) -> Option<Attachment> {
    let tie = tie?;
    let Some(Parted { counts, .. }) = parted.iter().find(|parted| parted.session == tie.session) else {
        return Some(tie);
    };
    let [first, second] = counts;
    let own = match side {
        Side::First => first,
        Side::Second => second,
    };
    let up_to_date = |count: u32, own: u32, joined: u32| if count == own { joined } else { count };
    Some(Attachment {
        commits: up_to_date(tie.commits, own.commits, first.commits.max(second.commits)),
        flushes: up_to_date(tie.flushes, own.flushes, first.flushes.max(second.flushes)),
        ..tie
    })
}

/// An object that only one of two branches has made.
pub(crate) fn lone(object: &Object, parted: &[Parted], side: Side) -> Option<Object> {
    let Object::Row(row) = object else { return None };
    let session = carried(row.session, parted, side);
    (session != row.session).then(|| Object::Row(Row { session, ..row.clone() }))
}

/// A row that one branch has fetched anew, where the other has what an earlier turn fetched there: what is used from here
/// on is the newer one, tied to its session as that is.
pub(crate) fn tied_as_newer(joined: Object, newer: &Object, parted: &[Parted], side: Side) -> Object {
    match (joined, newer) {
        (Object::Row(row), Object::Row(newer)) if newer.session.is_some() => {
            Object::Row(Row { session: carried(newer.session, parted, side), ..row })
        }
        (joined, _) => joined,
    }
}

/// Joins two versions of an object; versions of different kinds give the first.
pub(crate) fn join_objects(a: &Object, b: &Object, guard: Option<u32>, parted: &[Parted]) -> Object {
    match (a, b) {
        (Object::Scope(a), Object::Scope(b)) => Object::Scope(join_scopes(a, b, guard)),
        (Object::Sequence(a), Object::Sequence(b)) => Object::Sequence(join_sequences(a, b)),
        (Object::Dict(a), Object::Dict(b)) => Object::Dict(join_dicts(a, b)),
        (Object::Instance(a), Object::Instance(b)) => Object::Instance(join_instances(a, b, guard)),
        (Object::Row(a), Object::Row(b)) => Object::Row(join_rows(a, b, guard, parted)),
        (Object::QuerySet(a), Object::QuerySet(b)) => Object::QuerySet(join_query_sets(a, b)),
        (Object::Generator(a), Object::Generator(b)) => {
            Object::Generator(Generator { produced: a.produced.or(b.produced), ..a.clone() })
        }
        (Object::Alchemy(Alchemy::Session(a)), Object::Alchemy(Alchemy::Session(b))) => {
            Object::Alchemy(Alchemy::Session(join_sessions(a, b)))
        }
        _ => a.clone(),
    }
}

/// An attribute that one branch has set is in the other what it was before.
fn join_instances(a: &Instance, b: &Instance, guard: Option<u32>) -> Instance {
    let mut attributes = join_names(&a.attributes, &b.attributes, guard);
    for (name, value) in &mut attributes {
        match (a.attributes.contains_key(name), a.before.get(name), b.before.get(name)) {
            (true, Some(before), None) => *value = value.join(before, guard),
            (false, None, Some(before)) => *value = before.join(value, guard),
            _ => {}
        }
    }
    let before = b.before.iter().chain(&a.before).map(|(name, value)| (*name, value.clone())).collect();
    Instance { attributes, is_assumed: a.is_assumed || b.is_assumed, before, ..a.clone() }
}

fn join_names(a: &BTreeMap<Name, Value>, b: &BTreeMap<Name, Value>, guard: Option<u32>) -> BTreeMap<Name, Value> {
    let mut names = a.clone();
    for (name, value) in b {
        names.entry(*name).and_modify(|mine| *mine = mine.join(value, guard)).or_insert_with(|| value.clone());
    }
    names
}

fn join_scopes(a: &Scope, b: &Scope, guard: Option<u32>) -> Scope {
    Scope {
        names: join_names(&a.names, &b.names, guard),
        is_captured: a.is_captured || b.is_captured,
        globals: if a.globals.len() >= b.globals.len() { a.globals.clone() } else { b.globals.clone() },
        nonlocals: if a.nonlocals.len() >= b.nonlocals.len() { a.nonlocals.clone() } else { b.nonlocals.clone() },
        ..a.clone()
    }
}

/// The larger of two sizes, one that grows before one that doesn't.
pub(crate) fn join_sizes(a: &Size, b: &Size) -> Size {
    let rank = |size: &Size| match size {
        Size::Known(n) => (0, *n),
        Size::Bounded(n) => (1, n.unwrap_or(u64::MAX)),
        Size::Unknown(_) => (2, 0),
        Size::Rows(_) => (3, 0),
    };
    if rank(a) >= rank(b) { a.clone() } else { b.clone() }
}

/// Either of two possibly missing values.
pub(crate) fn join_maybe(a: &Option<Value>, b: &Option<Value>) -> Option<Value> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.join(b, None)),
        (a, b) => a.clone().or_else(|| b.clone()),
    }
}

/// Joins two sequences; listed items stay listed when there are as many.
pub(crate) fn join_sequences(a: &Sequence, b: &Sequence) -> Sequence {
    if let (Some(x), Some(y)) = (&a.items, &b.items)
        && x.len() == y.len()
    {
        let items = x.iter().zip(y).map(|(x, y)| x.join(y, None)).collect();
        return Sequence { items: Some(items), ..a.clone() };
    }
    if let Some(longer) = extended(a, b).or_else(|| extended(b, a)) {
        return longer.clone();
    }
    Sequence { kind: a.kind, items: None, element: join_maybe(&a.any(), &b.any()), size: join_sizes(&a.size, &b.size) }
}

/// The longer of two lists of names, where it goes on as the shorter one: what is added on a condition may be there.
fn extended<'s>(shorter: &Sequence, longer: &'s Sequence) -> Option<&'s Sequence> {
    let (Some(first), Some(all)) = (&shorter.items, &longer.items) else { return None };
    let are_texts = || all.iter().all(|item| item.as_text().is_some());
    (!first.is_empty() && all.starts_with(first) && are_texts()).then_some(longer)
}

fn join_dicts(a: &Dict, b: &Dict) -> Dict {
    Dict {
        known: join_items(&a.known, &b.known),
        of_classes: join_items(&a.of_classes, &b.of_classes),
        of_tuples: join_items(&a.of_tuples, &b.of_tuples),
        doubtful: doubtful(a, b),
        key: join_maybe(&a.key, &b.key),
        value: join_maybe(&a.value, &b.value),
        size: join_sizes(&a.size, &b.size),
        default: a.default.clone().or_else(|| b.default.clone()),
    }
}

/// The texts that are keys of one of two dictionaries only, or were doubtful before.
fn doubtful(a: &Dict, b: &Dict) -> Vec<Name> {
    let is_key = |dict: &Dict, name: Name| dict.known.iter().any(|(known, _)| *known == name);
    let only = |one: &Dict, other: &Dict| {
        let names = one.known.iter().map(|(name, _)| *name);
        names.filter(|name| !is_key(other, *name) || one.doubtful.contains(name)).collect::<Vec<_>>()
    };
    let mut names = only(a, b);
    names.extend(only(b, a));
    names.sort_unstable();
    names.dedup();
    names
}

fn join_items<K: Clone + PartialEq>(a: &[(K, Value)], b: &[(K, Value)]) -> Vec<(K, Value)> {
    let mut all = a.to_vec();
    for (key, value) in b {
        match all.iter_mut().find(|(mine, _)| mine == key) {
            Some((_, mine)) => *mine = mine.join(value, None),
            None => all.push((key.clone(), value.clone())),
        }
    }
    all
}

fn join_rows(a: &Row, b: &Row, guard: Option<u32>, parted: &[Parted]) -> Row {
    let ties = [carried(a.session, parted, Side::First), carried(b.session, parted, Side::Second)];
    if a.is_absent != b.is_absent {
        let (there, session) = if a.is_absent { (b, ties[1]) } else { (a, ties[0]) };
        return Row { session, ..there.clone() };
    }
    let mut loaded = BTreeMap::new();
    for name in a.loaded.keys().chain(b.loaded.keys()) {
        let joined = match (a.loaded.get(name), b.loaded.get(name)) {
            // Where it is null it costs nothing; where it is not, nothing is loaded.
            (Some(one), None) | (None, Some(one)) if one.value == Value::None => continue,
            (x, y) => join_loaded(x, y, guard),
        };
        loaded.extend(joined.map(|joined| (*name, joined)));
    }
    let mut columns = BTreeMap::new();
    for name in a.columns.keys().chain(b.columns.keys()) {
        let sure = a.columns.get(name) == Some(&true) && b.columns.get(name) == Some(&true);
        columns.insert(*name, sure);
    }
    Row {
        loaded,
        columns,
        plan: if a.plan == b.plan { Rc::clone(&a.plan) } else { Rc::clone(&b.plan) },
        attributes: join_names(&a.attributes, &b.attributes, guard),
        truths: a
            .truths
            .iter()
            .filter(|(name, truth)| b.truths.get(name) == Some(truth))
            .map(|(k, v)| (*k, *v))
            .collect(),
        facts: join_facts(a, b),
        is_saved: a.is_saved || b.is_saved,
        is_changed: a.is_changed || b.is_changed,
        is_expired: a.is_expired || b.is_expired,
        deleted: a.deleted.zip(b.deleted).map(|(a, b)| a.max(b)),
        certainty: a.certainty.min(b.certainty),
        session: join_attachments(ties[0], ties[1]),
        ..a.clone()
    }
}

/// What holds whichever of two versions of a row it is. Where one is not stored yet, nothing names it: it is as new as the other.
fn join_facts(a: &Row, b: &Row) -> Rc<Facts> {
    match (a.is_saved, b.is_saved) {
        _ if a.facts == b.facts => Rc::clone(&a.facts),
        (true, false) => Rc::new(a.facts.common(&b.facts).made_as(&a.facts)),
        (false, true) => Rc::new(a.facts.common(&b.facts).made_as(&b.facts)),
        _ => Rc::new(a.facts.common(&b.facts)),
    }
}

/// What is loaded of a relation where the condition decided which of two paths was taken.
fn join_loaded(a: Option<&Loaded>, b: Option<&Loaded>, guard: Option<u32>) -> Option<Loaded> {
    let (then, other) = (guard.map(|number| (number, true)), guard.map(|number| (number, false)));
    let is_sure = |one: Option<&Loaded>, here: Option<Guard>| {
        one.is_some_and(|one| one.is_sure || (here.is_some() && one.under == here))
    };
    let sure = (is_sure(a, then), is_sure(b, other));
    let under = match sure {
        (true, true) => None,
        (true, false) => then,
        (false, true) => other,
        (false, false) => a?.under.filter(|under| b.is_some_and(|b| b.under == Some(*under))),
    };
    // What a test told of a generic key holds where it was true.
    let is_open = |one: &&Loaded| guard.is_none() && matches!(one.value, Value::Unknown(Why::GenericKey(..)));
    let open = [a, b].into_iter().flatten().find(is_open);
    let value = match (open, a, b) {
        (Some(open), ..) => open.value.clone(),
        (None, Some(a), Some(b)) => a.value.join(&b.value, guard),
        (None, a, b) => a.or(b)?.value.clone(),
    };
    Some(Loaded { value, is_sure: sure == (true, true), under })
}

/// The later counts; that they differ is remembered.
fn join_sessions(a: &Session, b: &Session) -> Session {
    let mut joined = a.clone();
    joined.held.extend(b.held.iter().filter(|one| !a.held.contains(one)));
    joined.reread.extend(b.reread.iter().filter(|one| !a.reread.contains(one)));
    joined.made.extend(b.made.iter().filter(|one| !a.made.contains(one)));
    joined.one_by_one.extend(b.one_by_one.iter().filter(|one| !a.one_by_one.contains(one)));
    joined.sent.extend(b.sent.iter().filter(|one| !a.sent.contains(one)).cloned());
    joined.known.retain(|one| b.known.contains(one));
    for pending in b.row_by_row.iter().filter(|pending| !a.row_by_row.contains(pending)) {
        joined.row_by_row.push(pending.clone());
    }
    for write in b.writes.iter().filter(|write| !a.writes.contains(write)) {
        joined.writes.push(*write);
    }
    for waiting in b.waiting.iter().filter(|waiting| !a.waiting.contains(waiting)) {
        joined.waiting.push(waiting.clone());
    }
    Session {
        is_dirty: a.is_dirty || b.is_dirty,
        is_surely_dirty: a.is_surely_dirty && b.is_surely_dirty,
        held_back: a.held_back.max(b.held_back),
        commits: a.commits.max(b.commits),
        flushes: a.flushes.max(b.flushes),
        is_doubtful: a.is_doubtful || b.is_doubtful || a.commits != b.commits,
        expires: a.expires && b.expires,
        is_async: a.is_async && b.is_async,
        has_let_go: a.has_let_go || b.has_let_go,
        greenlets: a.greenlets.max(b.greenlets),
        autoflush: a.autoflush && b.autoflush,
        certainty: a.certainty.min(b.certainty),
        ..joined
    }
}

fn join_attachments(a: Option<Attachment>, b: Option<Attachment>) -> Option<Attachment> {
    match (a, b) {
        (Some(a), Some(b)) if a.session == b.session => {
            Some(Attachment { commits: a.commits.min(b.commits), flushes: a.flushes.min(b.flushes), ..a })
        }
        (a, b) => a.or(b),
    }
}

fn join_query_sets(a: &QuerySet, b: &QuerySet) -> QuerySet {
    let result = match (a.result, b.result) {
        (Some((x, sure)), Some((_, also))) => Some((x, sure && also)),
        (Some((x, _)), None) | (None, Some((x, _))) => Some((x, false)),
        (None, None) => None,
    };
    QuerySet { result, certainty: a.certainty.min(b.certainty), ..a.clone() }
}
