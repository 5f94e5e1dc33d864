//! What stubs may ask about declarations: the fields of a class body, the columns and relations of a model.
//!
//! `declared_fields(cls, Field)` gives the class attributes along the MRO that hold a `Field`, by name; a later
//! `name = None` takes one away. A third argument names those that are asked for, where it is a list. `declared_value(cls, name, default)` gives a class attribute of the project or a stub.
//! `decorated_methods(cls, names)` lists methods with one of these decorators, `decoration(cls, name)` is what the decorator
//! of this name gave for the nearest class that has it, or `None`. `model_fields(model)` lists the columns
//! and forward relations of a model, `form_fields(model)` those of them that a form of all fields has, `field_kind(model, name)` says what a name is (`key`, `column`, `unique`, `one`,
//! `many`, `attribute`), `related_model(model, name)` where a relation leads. `selected_names(fields, exclude, declared,
//! all)` is what `Meta.fields` and `Meta.exclude` choose; of a dotted name the first part (`customer.name`), and what comes after
//! is in `names_below(names, "customer")`; `dotted_names(names, others)` are the first parts of those that are dotted. `setting(name)` is the value of a Django setting.
//! `class_of_model(base, model)` is the class below a base whose `Meta.model` is the model.

use super::interpreter::Interpreter;
use crate::domain::{Arguments, Dict, Machine, Object, Place, Sequence, SequenceKind, Size, Value, Why};
use crate::project::{Binding, ClassId, ClassRef, Member, Model, ModuleId, Program, Relation, RelationKind};
use crate::syntax::ir::{BinaryOperator, Expr, ExprKind, Stmt, StmtKind};
use crate::syntax::{Name, reads};

impl Interpreter<'_> {
    /// Calls an intrinsic about declarations by name.
    pub(crate) fn call_declaration(&mut self, name: &str, arguments: &Arguments, place: Place) -> Option<Value> {
        let texts = |names: Vec<Name>| names.into_iter().map(|name| Value::text(&name)).collect::<Vec<_>>();
        match name {
            "declared_fields" => Some(self.declared_fields(arguments, place)),
            "declared_value" => Some(self.declared_value(arguments, place)),
            "decoration" => Some(self.decoration(arguments)),
            "decorated_methods" => {
                let names = self.decorated_methods(arguments);
                Some(self.tuple(texts(names), place))
            }
            "model_fields" => {
                let names = self.model_argument(arguments).map(|model| own_fields(self.program, model));
                Some(self.tuple(texts(names.unwrap_or_default()), place))
            }
            "form_fields" => {
                let names = self.model_argument(arguments).map(|model| form_fields(self.program, model));
                Some(self.tuple(texts(names.unwrap_or_default()), place))
            }
            "field_kind" => Some(Value::text(self.field_kind(arguments))),
            "related_model" => Some(self.related_model(arguments)),
            "selected_names" => {
                let names = self.selected_names(arguments);
                Some(self.tuple(texts(names), place))
            }
            "names_below" => {
                let names = self.names_below(arguments);
                Some(self.tuple(texts(names), place))
            }
            "dotted_names" => {
                let dotted = self.dotted_names(arguments);
                Some(self.tuple(texts(dotted), place))
            }
            "class_of_model" => Some(self.class_of_model(arguments, place)),
            "setting_classes" => Some(self.setting_classes(arguments, place)),
            "setting" => Some(self.setting(arguments.positional.first().and_then(Value::as_text))),
            _ => None,
        }
    }

    fn tuple(&mut self, items: Vec<Value>, place: Place) -> Value {
        Value::Object(self.allocate(place, 0, Object::Sequence(Sequence::of(SequenceKind::Tuple, items))))
    }

    fn declared_fields(&mut self, arguments: &Arguments, place: Place) -> Value {
        let [class, Value::Class(ClassRef::Known(kind)), only @ ..] = arguments.positional.as_slice() else {
            return Value::unknown(Why::Call);
        };
        let Some(owner) = known_class(class) else { return Value::unknown(Why::Call) };
        let only = only.first().and_then(|names| self.listed(names)).map(|names| first_parts(&all_texts(&names)));
        let mut known = Vec::new();
        for name in variables(self.program, owner) {
            if only.as_ref().is_some_and(|only| !only.contains(&name)) {
                continue;
            }
            let Some(value) = self.class_attribute(owner, name, class) else { continue };
            let is_field = |part: &Value| self.class_of(part).is_some_and(|class| self.program.inherits(class, *kind));
            if value.disjuncts().iter().any(is_field) {
                known.push((name, value));
            }
        }
        let dict = Dict { size: Size::Known(known.len() as u64), known, ..Dict::empty() };
        Value::Object(self.allocate(place, 0, Object::Dict(dict)))
    }

    fn declared_value(&mut self, arguments: &Arguments, place: Place) -> Value {
        let [owner, name, default] = arguments.positional.as_slice() else { return Value::unknown(Why::Call) };
        let owners = owner.disjuncts();
        let found = owners.iter().map(|owner| self.declared_by(owner, name, default, place));
        found.reduce(|a, b| a.join(&b, None)).unwrap_or(default.clone())
    }

    fn declared_by(&mut self, owner: &Value, name: &Value, default: &Value, place: Place) -> Value {
        let found = match (known_class(owner), name.as_text()) {
            (Some(class), Some(name)) => self.program.member(class, name, None).map(|_| name),
            _ => None,
        };
        found.map_or(default.clone(), |name| self.read_attribute(owner, name, place))
    }

    fn decorated_methods(&self, arguments: &Arguments) -> Vec<Name> {
        let [owner, names] = arguments.positional.as_slice() else { return Vec::new() };
        let names: Vec<Name> = self.listed(names).unwrap_or_default().iter().filter_map(Value::as_text).collect();
        let Some(class) = known_class(owner) else { return Vec::new() };
        let mut found = Vec::new();
        for base in own_bases(self.program, class) {
            for (name, member) in &self.program.class(base).members {
                if let Member::Function(function) = member
                    && function.decorators.iter().any(|decorator| is_one_of(decorator, &names))
                {
                    found.push(*name);
                }
            }
        }
        found.sort();
        found.dedup();
        found
    }

    fn decoration(&mut self, arguments: &Arguments) -> Value {
        let [owner, name] = arguments.positional.as_slice() else { return Value::None };
        let Some(name) = name.as_text() else { return Value::None };
        if let Value::Function(method) = owner {
            let found = method.function.decorators.iter().find(|decorator| is_one_of(decorator, &[name]));
            return found.map_or(Value::None, |found| self.in_module(method.module, |machine| machine.evaluate(found)));
        }
        let Some(class) = known_class(owner) else { return Value::None };
        let program = self.program;
        let decorated = own_bases(program, class).find_map(|base| {
            let about = program.class(base);
            let found = about.class.decorators.iter().find(|decorator| is_one_of(decorator, &[name]))?;
            Some((about.module, found))
        });
        decorated.map_or(Value::None, |(module, found)| self.in_module(module, |machine| machine.evaluate(found)))
    }

    fn model_argument(&self, arguments: &Arguments) -> Option<&Model> {
        let class = known_class(arguments.positional.first()?)?;
        self.program.schema.of_class(class)
    }

    fn field_kind(&self, arguments: &Arguments) -> &'static str {
        let name = arguments.positional.get(1).and_then(Value::as_text);
        let (Some(model), Some(name)) = (self.model_argument(arguments), name) else { return "attribute" };
        if name == "pk" || name == model.primary_key {
            return "key";
        }
        if let Some(relation) = model.relation(name) {
            return match relation.kind {
                RelationKind::GenericForeignKey => "attribute",
                kind if kind.is_single() => "one",
                _ => "many",
            };
        }
        match model.column(name) {
            Some(column) if column.unique => "unique",
            Some(_) => "column",
            None => "attribute",
        }
    }

    fn related_model(&self, arguments: &Arguments) -> Value {
        let name = arguments.positional.get(1).and_then(Value::as_text);
        let relation = self.model_argument(arguments).zip(name).and_then(|(model, name)| model.relation(name));
        let target = relation.and_then(|relation| relation.target);
        target.map_or(Value::unknown(Why::Call), |target| {
            Value::Class(ClassRef::Known(self.program.schema.model(target).class))
        })
    }

    fn class_of_model(&mut self, arguments: &Arguments, place: Place) -> Value {
        let [base, model] = arguments.positional.as_slice() else { return Value::None };
        let Some(base) = known_class(base) else { return Value::None };
        let program = self.program;
        let is_of_model = |machine: &mut Self, class: &ClassId| {
            let Some((_, Member::Class(meta), _)) = machine.program.member(*class, Name::new("Meta"), None) else {
                return false;
            };
            let meta = Value::Class(ClassRef::Known(*meta));
            machine.read_attribute(&meta, Name::new("model"), place) == *model
        };
        let found = program.below(base).into_iter().find(|class| is_of_model(self, class));
        found.map_or(Value::None, |class| Value::Class(ClassRef::Known(class)))
    }

    fn selected_names(&self, arguments: &Arguments) -> Vec<Name> {
        let [fields, exclude, declared, all] = arguments.positional.as_slice() else { return Vec::new() };
        let texts = |value: &Value| {
            let items = self.listed(value);
            items.map(|items| items.iter().filter_map(Value::as_text).collect::<Vec<_>>())
        };
        let declared: Vec<Name> = match declared {
            Value::Object(id) => match self.object(*id) {
                Object::Dict(dict) => dict.known.iter().map(|(name, _)| *name).collect(),
                _ => texts(declared).unwrap_or_default(),
            },
            _ => Vec::new(),
        };
        let is_all = *fields == Value::None || fields.as_text().is_some_and(|text| text == "__all__");
        match texts(fields) {
            Some(names) => first_parts(&names),
            None if is_all => {
                let left_out = texts(exclude).unwrap_or_default();
                let mut names = declared.clone();
                names.extend(texts(all).unwrap_or_default().into_iter().filter(|name| !declared.contains(name)));
                names.retain(|name| !left_out.contains(name));
                names
            }
            None => declared,
        }
    }

    /// What dotted names say of the parts of one: of `customer.name` and `customer.city` under `customer`, `name` and `city`.
    fn names_below(&self, arguments: &Arguments) -> Vec<Name> {
        let [names, above] = arguments.positional.as_slice() else { return Vec::new() };
        let (Some(names), Some(above)) = (self.listed(names), above.as_text()) else { return Vec::new() };
        let below = |name: &Value| {
            let name = name.as_text()?;
            let (first, rest) = name.split_once('.')?;
            (above == first).then(|| Name::new(rest))
        };
        names.iter().filter_map(below).collect()
    }

    /// What the dotted ones among several names begin with.
    fn dotted_names(&self, arguments: &Arguments) -> Vec<Name> {
        let listed = arguments.positional.iter().filter_map(|names| self.listed(names)).flatten();
        let dotted = listed.filter_map(|name| name.as_text()).filter(|name| name.contains('.'));
        first_parts(&dotted.collect::<Vec<Name>>())
    }

    /// The classes of the project that a setting names by their paths.
    fn setting_classes(&mut self, arguments: &Arguments, place: Place) -> Value {
        let name = arguments.positional.first().and_then(Value::as_text);
        let paths = name.map(|name| self.listed_in_setting(name)).unwrap_or_default();
        let found = paths.iter().filter_map(Value::as_text).map(|path| self.dotted_name(&path)).collect::<Vec<_>>();
        self.tuple(found.into_iter().filter(|value| known_class(value).is_some()).collect(), place)
    }

    /// What is listed in a setting; of a sum, in the parts that are known: `BACKENDS + configured`.
    fn listed_in_setting(&mut self, name: Name) -> Vec<Value> {
        let Some(module) = self.module_of_setting(name) else { return Vec::new() };
        let whole = self.module_name(module, name);
        if let Some(all) = self.listed(&whole) {
            return all;
        }
        let program = self.program;
        let body = program.module(module).outline.body.iter().rev();
        let Some(assigned) = body.filter_map(|statement| assigned_to(statement, name)).next() else {
            return Vec::new();
        };
        let parts = summands(assigned);
        let known = |part: &Expr| {
            let value = self.in_module(module, |machine| machine.evaluate(part));
            self.listed(&value).unwrap_or_default()
        };
        parts.into_iter().flat_map(known).collect()
    }

    /// A setting as the settings modules of the project assign it; modules for tests come last.
    fn setting(&mut self, name: Option<Name>) -> Value {
        let Some(name) = name else { return Value::unknown(Why::Call) };
        match self.module_of_setting(name) {
            Some(module) => self.module_name(module, name),
            None => Value::unknown(Why::Name(name)),
        }
    }

    fn module_of_setting(&self, name: Name) -> Option<ModuleId> {
        let is_settings = |module: &str| module.split('.').any(|part| part.contains("settings") || part == "config");
        let assigns = |module: &&crate::project::Module| {
            if module.is_stub || !is_settings(&module.name) {
                return false;
            }
            reads::outside(module.file);
            matches!(module.bindings.get(&name), Some(Binding::Variable(owner, _)) if *owner == module.id)
        };
        let modules = self.program.modules.iter().filter(assigns);
        modules.min_by_key(|module| module.name.contains("test")).map(|module| module.id)
    }
}

/// What a statement gives a name: `NAME = …`
fn assigned_to(statement: &Stmt, name: Name) -> Option<&Expr> {
    let StmtKind::Assign { targets, value, .. } = &statement.kind else { return None };
    let is_named = |target: &Expr| matches!(target.kind, ExprKind::Name(target) if target == name);
    targets.iter().any(is_named).then_some(value)
}

/// `a + b + c` in its parts.
fn summands(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Binary { left, operator: BinaryOperator::Add, right } => {
            summands(left).into_iter().chain(summands(right)).collect()
        }
        _ => vec![expr],
    }
}

fn known_class(value: &Value) -> Option<ClassId> {
    match value {
        Value::Class(ClassRef::Known(id)) => Some(*id),
        _ => None,
    }
}

/// The classes of the project among a class and its bases.
fn own_bases(program: &Program, class: ClassId) -> impl Iterator<Item = ClassId> {
    program.class(class).mro.iter().filter_map(|base| match base {
        ClassRef::Known(id) if !program.is_of_stub(*id) => Some(*id),
        _ => None,
    })
}

/// Names that the bodies of the project's classes assign, in the order of Python's metaclasses: bases first.
fn variables(program: &Program, class: ClassId) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    let bases: Vec<ClassId> = own_bases(program, class).collect();
    for base in bases.iter().rev() {
        let mut own: Vec<(usize, Name)> = program
            .class(*base)
            .members
            .iter()
            .filter_map(|(name, member)| match member {
                Member::Variable(position) => Some((*position, *name)),
                _ => None,
            })
            .collect();
        own.sort();
        names.extend(own.into_iter().map(|(_, name)| name));
    }
    let mut seen = rustc_hash::FxHashSet::default();
    names.retain(|name| seen.insert(*name));
    names
}

/// The columns and forward relations of a model, by attribute; sets that other models declare are left out.
fn own_fields(program: &Program, model: &Model) -> Vec<Name> {
    let is_key = |name: Name| model.relations.iter().any(|relation| relation.key_attribute == Some(name));
    let columns = model.columns.iter().map(|column| column.name).filter(|name| !is_key(*name));
    let forward = model.relations.iter().filter(|relation| match relation.kind {
        RelationKind::ManyToOne | RelationKind::OneToOne => true,
        RelationKind::ManyToMany => is_declared_by(program, model, relation.declared),
        _ => false,
    });
    let mut names: Vec<Name> = columns.chain(forward.map(|relation| relation.name)).collect();
    let mut seen = rustc_hash::FxHashSet::default();
    names.retain(|name| seen.insert(*name));
    names
}

fn form_fields(program: &Program, model: &Model) -> Vec<Name> {
    let mut names = own_fields(program, model);
    names.retain(|name| model.relation(*name).is_none_or(Relation::is_in_forms));
    names
}

/// Whether a declaration stands in the body of the model's class or of one of its bases.
fn is_declared_by(
    program: &Program,
    model: &Model,
    (file, span): (crate::source::FileId, crate::syntax::ir::Span),
) -> bool {
    program.class(model.class).mro.iter().any(|base| match base {
        ClassRef::Known(id) => {
            let class = &program.class(*id).class;
            class.file == file && class.span.start <= span.start && span.end <= class.span.end
        }
        ClassRef::External(_) => false,
    })
}

fn is_one_of(decorator: &Expr, names: &[Name]) -> bool {
    match &decorator.kind {
        ExprKind::Name(name) | ExprKind::Attribute { name, .. } => names.contains(name),
        ExprKind::Call { function, .. } => is_one_of(function, names),
        _ => false,
    }
}

fn all_texts(values: &[Value]) -> Vec<Name> {
    values.iter().filter_map(Value::as_text).collect()
}

/// Each name up to its first dot, once.
fn first_parts(names: &[Name]) -> Vec<Name> {
    let mut found = Vec::new();
    for name in names {
        let first = name.split_once('.').map_or(*name, |(first, _)| Name::new(first));
        if !found.contains(&first) {
            found.push(first);
        }
    }
    found
}
