//! What stubs may ask of the interpreter, because Python can't say it.
//!
//! `at_declaration(owner, names, function, *arguments)` calls a function for a declaration of the project: what it fires
//! is blamed on the statement of the owner's class that declares the first of the names that is declared there
//! (`"Meta.fields"` looks into the nested class), else on the class. `by_way_of`, of the same form, only shows it on the way. `text_of(value)` makes a text of a value.
//! `attribute_path(value, "a.b")` reads attributes in turn; `source_value` also calls what can be called and looks into
//! dictionaries; `key_value` takes a foreign key at the end of the path from its column. `all_of(value)` makes a queryset
//! of a manager. `separately(function, *arguments)` calls with a state and a bound of its own, as one request among others.
//! `frugally(function, *arguments)` calls what may cost little only: cut short, its answer is unknown. `sparingly` is
//! the same for what stands in many places with the same answer: it is charged a tenth.
//! `known_or(value, default)` is what is known of a value, else the default, and `anything()` for what nobody can know.
//! `keeps(mapping, key)` is true of a key that the mapping has, and unknown where it has it on some paths only.
//! `by_name(mapping)` is what the mapping holds under names that the program spells out.
//! `surely(value)` is false where it is not known whether the value is true.
//! `page(rows, size)` is the beginning of what may be longer another time.
//! `module_named("a.b")` is the module with this name, as an import gives it, and `module_ending("b", "c")` the project's only one
//! whose dotted name ends so, or `None`.
//! `given(function, text)` is what code at the top of the project's modules gives the function under this text.
//! `answered(owner, name, value)` is the value, and notes that the owner keeps it as the answer of its method; `None` says that
//! it keeps it no longer.
//! `turn(start)` is the counter of the loop around it, which began with `start`.

use rustc_hash::FxHashSet;

use super::effects::TrailStep;
use super::interpreter::Interpreter;
use crate::domain::{Arguments, Dict, Machine, Object, Place, Scalar, Size, Value, Why};
use crate::project::{ClassId, ClassRef, Member, Module, Program};
use crate::source::FileId;
use crate::syntax::Name;
use crate::syntax::ir::{Expr, ExprKind, Stmt, StmtKind};

/// Where the entries of a mapping under names stand.
const NAMED: u32 = 320;

/// One request of many may take this part of a root's bound.
const REQUEST_SHARE: u64 = 3;

/// What is done beside a request may take this part.
const BESIDE_SHARE: u64 = 32;

/// What is shown aside, a tag of the project's own, may take this part, and pays a tenth of it.
const ASIDE_SHARE: u64 = 8;

impl Interpreter<'_> {
    fn module_named(&self, name: &Value) -> Value {
        let named = |part: &Value| {
            let path = part.as_text()?;
            let module = self.program.find_module(None, &path).map(Value::Module);
            Some(module.unwrap_or(Value::External(path))).filter(|_| !path.starts_with('.'))
        };
        let found =
            name.disjuncts().iter().map(|part| named(part).unwrap_or(Value::unknown(Why::Call))).collect::<Vec<_>>();
        found.into_iter().reduce(|one, other| one.join(&other, None)).unwrap_or(Value::unknown(Why::Call))
    }

    fn module_ending(&self, path: &Value, name: &Value) -> Value {
        let (Some(path), Some(name)) = (path.as_text(), name.as_text()) else { return Value::None };
        let end = format!("{path}.{name}");
        let is_it = |module: &&Module| {
            let before = module.name.strip_suffix(&end);
            !module.is_stub && before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
        };
        let mut found = self.program.modules.iter().filter(is_it);
        match (found.next(), found.next()) {
            (Some(module), None) => Value::Module(module.id),
            _ => Value::None,
        }
    }

    fn keeps(&self, mapping: &Value, key: &Value) -> Value {
        let is_doubtful = |part: &Value| match (part, key.as_text()) {
            (Value::Object(id), Some(key)) => {
                matches!(self.object(*id), Object::Dict(dict) if dict.doubtful.contains(&key))
            }
            _ => false,
        };
        if mapping.disjuncts().iter().any(is_doubtful) { Value::ANY } else { Value::Scalar(Scalar::Bool(true)) }
    }

    /// What a mapping, or one of several, holds under names that the program spells out: what stands under others is one value
    /// for all of them, in which nobody tells one from the other.
    fn by_name(&mut self, mapping: &Value, place: Place) -> Value {
        let parts = mapping.disjuncts();
        let is_whole = |part: &Value| matches!(part, Value::Object(id) if matches!(self.object(*id), Object::Dict(dict) if dict.value.is_none()));
        if parts.len() == 1 && parts.iter().all(is_whole) {
            return mapping.clone();
        }
        let dictionaries: Option<Vec<Dict>> = parts.iter().map(|part| self.named_entries(part)).collect();
        let Some(mut dictionaries) = dictionaries else { return mapping.clone() };
        let Some(mut named) = dictionaries.pop() else { return mapping.clone() };
        for other in dictionaries {
            let is_in = |known: &[(Name, Value)], key: &Name| known.iter().any(|(name, _)| name == key);
            let missing = named.known.iter().map(|(key, _)| *key).filter(|key| !is_in(&other.known, key));
            let added = other.known.iter().map(|(key, _)| *key).filter(|key| !is_in(&named.known, key));
            let doubtful: Vec<Name> = missing.chain(added).chain(other.doubtful.iter().copied()).collect();
            named.doubtful.extend(doubtful);
            for (key, value) in other.known {
                match named.known.iter_mut().find(|(known, _)| *known == key) {
                    Some((_, known)) => *known = known.join(&value, None),
                    None => named.known.push((key, value)),
                }
            }
        }
        named.size = Size::Known(named.known.len() as u64);
        Value::Object(self.allocate(place, NAMED, Object::Dict(named)))
    }

    fn named_entries(&self, mapping: &Value) -> Option<Dict> {
        let Value::Object(id) = mapping else { return None };
        let Object::Dict(Dict { known, doubtful, .. }) = self.object(*id) else { return None };
        let named = Dict { known: known.clone(), doubtful: doubtful.clone(), ..Dict::empty() };
        (!known.is_empty()).then_some(named)
    }

    /// Calls an intrinsic by name.
    pub(crate) fn call_intrinsic(&mut self, name: &str, arguments: &Arguments, place: Place) -> Option<Value> {
        match name {
            "at_declaration" => Some(self.at_declaration(arguments, place)),
            "answered" => self.answered(arguments, place),
            "by_way_of" => Some(self.by_way_of(arguments, place)),
            "attribute_path" => Some(self.attribute_path(arguments, place)),
            "source_value" => Some(self.source_value(arguments, place)),
            "key_value" => Some(self.key_value(arguments, place)),
            "all_of" => arguments.positional.first().map(|value| self.all_of(value, place)),
            "separately" => Some(self.separately(arguments, place)),
            "frugally" => Some(self.frugally(arguments, BESIDE_SHARE, 1, place)),
            "sparingly" => Some(self.frugally(arguments, ASIDE_SHARE, 10, place)),
            "known_or" => {
                let [value, default] = arguments.positional.as_slice() else { return None };
                Some(if value.is_unknown() { default.clone() } else { value.known_part() })
            }
            "page" => self.page(arguments, place),
            "module_named" => Some(self.module_named(arguments.positional.first()?)),
            "module_ending" => Some(self.module_ending(arguments.positional.first()?, arguments.positional.get(1)?)),
            "surely" => {
                let truth = self.truth(arguments.positional.first()?, place.span);
                Some(Value::Scalar(Scalar::Bool(truth == Some(true))))
            }
            "turn" => Some(self.turn(arguments)),
            "given" => self.given(arguments.positional.first()?, arguments.positional.get(1)?, place),
            "keeps" => {
                let [mapping, key] = arguments.positional.as_slice() else { return None };
                Some(self.keeps(mapping, key))
            }
            "by_name" => arguments.positional.first().map(|mapping| self.by_name(mapping, place)),
            "anything" => Some(Value::unknown(Why::Parameter)),
            "text_of" => {
                let value = arguments.positional.first()?;
                self.stringify(value, place);
                Some(Value::ANY)
            }
            _ => self
                .template_intrinsic(name, arguments, place)
                .or_else(|| self.schema_intrinsic(name, arguments, place))
                .or_else(|| self.call_declaration(name, arguments, place))
                .or_else(|| self.call_shape(name, arguments, place)),
        }
    }

    fn attribute_path(&mut self, arguments: &Arguments, place: Place) -> Value {
        let [value, path] = arguments.positional.as_slice() else { return Value::unknown(Why::Call) };
        let Some(path) = path.as_text() else { return Value::unknown(Why::Call) };
        let mut value = value.clone();
        for part in parts_of(&path) {
            value = self.read_attribute(&value, Name::new(part), place);
        }
        value
    }

    fn source_value(&mut self, arguments: &Arguments, place: Place) -> Value {
        let [value, path] = arguments.positional.as_slice() else { return Value::unknown(Why::Call) };
        let Some(path) = path.as_text() else { return Value::unknown(Why::Call) };
        let mut value = value.clone();
        for part in path.split('.') {
            value = self.source_part(&value, Name::new(part), place);
        }
        value
    }

    /// One name of a dotted source: a key of a dictionary, else an attribute, called where it can be.
    pub(crate) fn source_part(&mut self, owner: &Value, name: Name, place: Place) -> Value {
        if *owner == Value::None {
            return Value::None;
        }
        let found = match owner {
            Value::Object(id) if matches!(self.object(*id), Object::Dict(_)) => {
                self.item(owner, &Value::Scalar(Scalar::Text(name)), place)
            }
            _ => self.read_attribute(owner, name, place),
        };
        let can_call = |part: &Value| matches!(part, Value::Function(_) | Value::Bound(_) | Value::Method(_));
        let is_callable = found.disjuncts().iter().all(can_call);
        if is_callable { self.call_value(&found, Arguments::default(), place) } else { found }
    }

    /// As `source_value`, but the key column answers for a foreign key at the end.
    fn key_value(&mut self, arguments: &Arguments, place: Place) -> Value {
        let [value, path] = arguments.positional.as_slice() else { return Value::unknown(Why::Call) };
        let Some(path) = path.as_text() else { return Value::unknown(Why::Call) };
        let (before, last) = path.rsplit_once('.').map_or((None, path.as_str()), |(before, last)| (Some(before), last));
        let owner = match before {
            Some(before) => self.source_value(&Arguments::of(vec![value.clone(), Value::text(before)]), place),
            None => value.clone(),
        };
        let key = self.key_attribute(&owner, Name::new(last));
        self.source_part(&owner, key.unwrap_or(Name::new(last)), place)
    }

    /// The attribute that holds the key of a foreign key of a row.
    fn key_attribute(&self, owner: &Value, name: Name) -> Option<Name> {
        let row = owner.disjuncts().into_iter().find_map(|part| match part {
            Value::Object(id) => match self.object(id) {
                Object::Row(row) => Some(row.model),
                _ => None,
            },
            _ => None,
        })?;
        let relation = self.program.schema.model(row).relation(name)?;
        relation.kind.holds_key().then_some(relation.key_attribute).flatten()
    }

    /// The queryset of a manager; anything else as it is.
    pub(crate) fn all_of(&mut self, value: &Value, place: Place) -> Value {
        self.of_each(value, |machine, part| match part {
            Value::Manager(_) => machine.call_method(part, Name::new("all"), Arguments::default(), place),
            other => other.clone(),
        })
    }

    fn separately(&mut self, arguments: &Arguments, place: Place) -> Value {
        let [function, rest @ ..] = arguments.positional.as_slice() else { return Value::unknown(Why::Call) };
        let (state, fuel) = (self.state.clone(), self.fuel);
        let (ran_out, visited) = (std::mem::take(&mut self.ran_out), std::mem::take(&mut self.visited));
        self.fuel = self.options.fuel / REQUEST_SHARE;
        let entered = self.entered.replace(self.frames.len() + 1);
        self.call_value(function, Arguments::of(rest.to_vec()), place);
        self.add_visited(visited, self.ran_out || self.fuel == 0);
        (self.state, self.fuel, self.ran_out, self.entered) = (state, fuel, ran_out, entered);
        Value::None
    }

    fn frugally(&mut self, arguments: &Arguments, part: u64, discount: u64, place: Place) -> Value {
        let [function, rest @ ..] = arguments.positional.as_slice() else { return Value::unknown(Why::Call) };
        let share = self.fuel.min(self.options.fuel / part);
        let (kept, ran_out, visited) = (self.fuel - share, self.ran_out, std::mem::take(&mut self.visited));
        (self.fuel, self.ran_out) = (share, false);
        // What stands beside the work of the root gets no more than its share.
        let has_gone_on = std::mem::replace(&mut self.has_gone_on, true);
        let before = self.state.clone();
        let value = self.call_value(function, Arguments::of(rest.to_vec()), place);
        self.has_gone_on = has_gone_on;
        if !self.state.is_alive {
            // It raised on every path that is known, and others go on.
            self.state = before;
        }
        let is_cut = self.ran_out || self.fuel == 0;
        (self.fuel, self.ran_out) = (kept + share - (share - self.fuel) / discount, ran_out);
        self.add_visited(visited, is_cut);
        if is_cut { Value::unknown(Why::Fuel) } else { value }
    }

    /// Adds what a part of a walk reached to what others did before; what is reached by one that was cut is walked elsewhere, to the end.
    fn add_visited(&mut self, before: FxHashSet<(FileId, u32)>, is_cut: bool) {
        let reached = std::mem::replace(&mut self.visited, before);
        if !is_cut {
            self.visited.extend(reached);
        }
    }

    fn at_declaration(&mut self, arguments: &Arguments, place: Place) -> Value {
        self.with_declaration(arguments, place, |place| TrailStep::Call { place, is_stub: false })
    }

    fn by_way_of(&mut self, arguments: &Arguments, place: Place) -> Value {
        self.with_declaration(arguments, place, |place| TrailStep::Declaration { place })
    }

    fn with_declaration(&mut self, arguments: &Arguments, place: Place, step: fn(Place) -> TrailStep) -> Value {
        let [owner, names, function, rest @ ..] = arguments.positional.as_slice() else {
            return Value::unknown(Why::Call);
        };
        let class = match owner {
            Value::Class(ClassRef::Known(id)) => Some(*id),
            other => self.class_of(other),
        };
        let names = self.listed(names).unwrap_or_else(|| vec![names.clone()]);
        let names: Vec<Name> = names.iter().filter_map(Value::as_text).collect();
        let declared = class.and_then(|class| declaration(self.program, class, &names));
        let rest = Arguments::of(rest.to_vec());
        let Some(declared) = declared else { return self.call_value(function, rest, place) };
        self.trail.push(step(declared));
        let value = self.call_value(function, rest, place);
        self.trail.pop();
        value
    }
}

/// The names of a path: `author.country`, or `author__country` as look-ups spell it.
fn parts_of(path: &str) -> Vec<&str> {
    if path.contains('.') || path.starts_with('_') {
        return path.split('.').collect();
    }
    path.split("__").collect()
}

/// The place of the statement that declares the first declared name, in the nearest class of the project that has it.
fn declaration(program: &Program, class: ClassId, names: &[Name]) -> Option<Place> {
    let own: Vec<ClassId> = program
        .class(class)
        .mro
        .iter()
        .filter_map(|base| match base {
            ClassRef::Known(id) if !program.is_of_stub(*id) => Some(*id),
            _ => None,
        })
        .collect();
    let found = names.iter().find_map(|name| own.iter().find_map(|class| declared_in(program, *class, *name)));
    found.or_else(|| {
        let class = &program.class(*own.first()?).class;
        Some(Place { file: class.file, span: class.span })
    })
}

fn declared_in(program: &Program, class: ClassId, name: Name) -> Option<Place> {
    let about = program.class(class);
    if let Some((outer, inner)) = name.split_once('.') {
        let Some(Member::Class(nested)) = about.members.get(&Name::new(outer)) else { return None };
        return declared_in(program, *nested, Name::new(inner));
    }
    let statement = about.class.body.iter().rev().find(|statement| declares(statement, name))?;
    Some(Place { file: about.class.file, span: statement.span })
}

fn declares(statement: &Stmt, name: Name) -> bool {
    let is_it = |target: &Expr| matches!(target.kind, ExprKind::Name(found) if found == name);
    match &statement.kind {
        StmtKind::Assign { targets, .. } => targets.iter().any(is_it),
        StmtKind::Annotated { target, .. } => is_it(target),
        StmtKind::Function(function) => function.name == name,
        _ => false,
    }
}
