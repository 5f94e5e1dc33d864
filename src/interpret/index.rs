//! What is looked up across the whole project: the builtins stub, and which methods set an attribute.

use std::hash::Hash;
use std::sync::{Arc, Mutex, OnceLock};

use rustc_hash::{FxHashMap, FxHashSet};
use xxhash_rust::xxh3::xxh3_64;

use super::assigned::{Assigned, Put};
use super::given::Given;
use super::registries::Fillers;
use crate::project::{Binding, ClassId, ClassRef, Member, Model, ModuleId, Orm, Program, Told, number, text};
use crate::syntax::ir::{Expr, ExprKind, Function, Stmt, StmtKind};
use crate::syntax::reads::{Question, Reads};
use crate::syntax::{Name, reads};

/// Methods with the classes they are members of.
type Setters = Arc<Vec<(ClassId, Arc<Function>)>>;

/// Look-ups shared by all roots.
pub(crate) struct Index {
    /// The name `builtins`.
    pub(crate) builtins_name: Name,
    /// The stub module of Python's builtins.
    pub(crate) builtins: Option<ModuleId>,
    /// By class and attribute: which methods of the class and its bases assign `self.name`.
    setters: Remembered<(ClassId, Name), Setters>,
    /// By class and attribute: which methods of the class and its bases put something into the container `self.name`.
    gatherers: Remembered<(ClassId, Name), Setters>,
    /// By class: what its `save` fills where it is empty.
    filled: Remembered<ClassId, Arc<Vec<Name>>>,
    /// By class: what its constructor takes from keywords.
    taken: Remembered<ClassId, Arc<Vec<Name>>>,
    /// By attribute: the texts that classes of the project list under it.
    listed: Remembered<Name, Arc<FxHashSet<Name>>>,
    /// What the texts of all files assign, read when first asked for.
    assigned: OnceLock<Assigned>,
    /// Classes of models by their name in snake case, where one model alone has it.
    named: FxHashMap<Name, Option<ClassId>>,
    /// Signal receivers by the model they listen to and the signal's name.
    pub(crate) receivers: crate::orm::django::Receivers,
    /// Functions that hear of SQLAlchemy's events.
    pub(crate) listeners: crate::orm::sqlalchemy::Listeners,
    /// Templates, lowered when first rendered.
    pub(crate) templates: super::rendering::Templates,
    /// Classes that parameters point at by their uses.
    pub(super) likenesses: super::likeness::Likenesses,
    /// Functions that make what a module variable holds.
    pub(super) makers: Remembered<(ModuleId, Name), Arc<[Arc<Function>]>>,
    /// Module variables that hold no object.
    pub(super) constants: super::constants::Constants,
    /// Code of modules that fills the containers of module variables.
    pub(super) fillers: Fillers,
    /// What code of modules gives to functions of frameworks by name.
    pub(super) given: Given,
}

impl Index {
    pub(crate) fn new(program: &Program) -> Self {
        Index {
            builtins_name: Name::new("builtins"),
            builtins: program.by_name.get(&Name::new("builtins")).copied(),
            setters: Mutex::default(),
            gatherers: Mutex::default(),
            filled: Mutex::default(),
            taken: Mutex::default(),
            listed: Mutex::default(),
            assigned: OnceLock::new(),
            named: named_models(program),
            receivers: reads::apart(|| crate::orm::django::Receivers::new(program)),
            listeners: reads::apart(|| crate::orm::sqlalchemy::Listeners::new(program)),
            templates: super::rendering::Templates::new(program),
            likenesses: super::likeness::Likenesses::default(),
            makers: Default::default(),
            constants: super::constants::Constants::default(),
            fillers: reads::apart(|| Fillers::new(program)),
            given: reads::apart(|| Given::new(program)),
        }
    }

    /// Adds what is said of single files to what linking has found out, and gives a number for the rest.
    pub(super) fn tell(&self, program: &Program, told: &mut Told) -> u64 {
        for (module, number) in self.fillers.told() {
            told.add(program.module(module).file, number);
        }
        self.given.told().for_each(|(file, number)| told.add(file, number));
        let receivers = self.receivers.told(program, told);
        number(&(receivers, self.listeners.told(program, told), self.templates.told()))
    }

    /// The only model whose name in snake case this is.
    pub(crate) fn model_named(&self, name: &str) -> Option<ClassId> {
        self.named.get(&Name::new(name)).copied().flatten()
    }

    /// Whether a `save` of the class or its bases sets the attribute whenever it is empty.
    pub(crate) fn is_filled_by_save(&self, program: &Program, class: ClassId, name: Name) -> bool {
        let find = || Arc::new(super::invariants::filled_by_save(program, class));
        remembered(&self.filled, class, find).contains(&name)
    }

    /// Whether the constructor of the class or its bases takes the attribute from keywords, `None` where it is not among them.
    pub(crate) fn is_taken_from_keywords(&self, program: &Program, class: ClassId, name: Name) -> bool {
        let find = || Arc::new(super::invariants::taken_from_keywords(program, class));
        remembered(&self.taken, class, find).contains(&name)
    }

    /// Whether some code of the project says `owner.name = …`, whatever `owner` is there: `request.shop = shop`.
    pub(crate) fn is_put_on(&self, program: &Program, owner: Name, name: Name) -> bool {
        self.put_on(program, owner, name) != Put::Never
    }

    /// Whether the project's code does nothing with `owner.name` but switch it on and off again: `g.is_dry = True`.
    pub(crate) fn is_switch(&self, program: &Program, owner: Name, name: Name) -> bool {
        self.put_on(program, owner, name) == Put::Switch
    }

    /// The class of which the project's code makes what it puts on `owner.name`: `request.features = Features(request)`.
    pub(crate) fn class_put_on(&self, program: &Program, owner: Name, name: Name) -> Option<ClassId> {
        asked(Question::Made(owner, name), || {
            let (callee, file) = self.assigned(program).made_on(owner, name)?;
            let mut parts = callee.split('.').map(Name::new);
            let first = program.lookup(program.module_of(file)?.id, parts.next()?)?;
            match parts.try_fold(first, |owner, part| program.attribute(&owner, part))? {
                Binding::Class(class) => Some(class),
                _ => None,
            }
        })
    }

    /// Whether some class of the project lists a text under an attribute: `autocomplete_fields = ["author"]`.
    pub(crate) fn is_listed(&self, program: &Program, attribute: Name, text: Name) -> bool {
        let find = || Arc::new(listed_under(program, attribute));
        asked(Question::Listed(attribute, text), || remembered(&self.listed, attribute, find).contains(&text))
    }

    fn put_on(&self, program: &Program, owner: Name, name: Name) -> Put {
        asked(Question::Put(owner, name), || self.assigned(program).put_on(owner, name))
    }

    /// Whether all that the project's code gives under this keyword are lists of one written element:
    /// `RunUpdate(add_logs=[log])`.
    pub(crate) fn is_given_one(&self, program: &Program, name: Name) -> bool {
        asked(Question::GivenOne(name), || self.assigned(program).is_given_one(name))
    }

    fn assigned(&self, program: &Program) -> &Assigned {
        self.assigned.get_or_init(|| Assigned::new(program))
    }

    /// The methods that set `self.name`, `__init__` first, the class's own before its bases'.
    pub(crate) fn setters(&self, program: &Program, class: ClassId, name: Name) -> Setters {
        let find = || Arc::new(find_setters(program, class, name));
        read_bases(program, class);
        asked(Question::Setters(class.0, name), || remembered(&self.setters, (class, name), find))
    }

    /// The methods that put something into the container `self.name`. What they hang on is what the setters do.
    pub(super) fn gatherers(&self, program: &Program, class: ClassId, name: Name) -> Setters {
        let find = || {
            let puts =
                |function: &Function| super::gathered::puts_into(function, &function.body.lowered().statements, name);
            let found = naming(program, class, name).into_iter().filter(|(_, function)| puts(function));
            Arc::new(found.map(|(class, function)| (class, Arc::clone(function))).collect())
        };
        read_bases(program, class);
        asked(Question::Setters(class.0, name), || remembered(&self.gatherers, (class, name), find))
    }

    /// The classes of the project that have all these members or attributes.
    pub(super) fn holders(&self, program: &Program, names: &[Name]) -> Vec<ClassId> {
        asked(Question::Holders(names.to_vec()), || self.likenesses.holders_of_all(program, names))
    }

    /// The answer to a question, in words that are the same wherever the code stands.
    pub(super) fn answer(&self, program: &Program, question: &Question) -> String {
        match question {
            Question::Put(owner, name) => format!("{:?}", self.put_on(program, *owner, *name)),
            Question::Made(owner, name) => {
                let made = self.class_put_on(program, *owner, *name);
                made.map_or(String::new(), |class| paths(program, &[class]))
            }
            Question::Listed(attribute, text) => self.is_listed(program, *attribute, *text).to_string(),
            Question::GivenOne(name) => self.is_given_one(program, *name).to_string(),
            Question::Holders(names) => paths(program, &self.holders(program, names)),
            // A damaged cache may ask about anything.
            Question::Setters(class, _) | Question::Below(class) if *class as usize >= program.classes.len() => {
                "no such class".to_owned()
            }
            Question::Below(class) => {
                let (base, below) = (ClassId(*class), program.below(ClassId(*class)));
                let direct = program.subclasses(base);
                let directness: String = below.iter().map(|one| if direct.contains(one) { '1' } else { '0' }).collect();
                paths(program, &below) + &directness
            }
            // Whether the bodies that name the attribute are the same says as much, without lowering them.
            Question::Setters(class, name) => {
                let written = |(class, function): (ClassId, &Arc<Function>)| {
                    let text = xxh3_64(program.text_of(function).as_bytes());
                    format!("{} {} {text:x}\n", program.class_path(ClassRef::Known(class)), function.qualified)
                };
                naming(program, ClassId(*class), *name).into_iter().map(written).collect()
            }
        }
    }
}

/// The texts of all lists that classes of the project have under an attribute.
fn listed_under(program: &Program, attribute: Name) -> FxHashSet<Name> {
    let own = program.classes.iter().filter(|class| !program.is_of_stub(class.id));
    let lists = own.filter_map(|class| match &program.class_assignment(class.id, attribute)?.kind {
        ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => Some(items),
        _ => None,
    });
    lists.flatten().filter_map(text).collect()
}

/// Classes by file and name: two roots of imports may have modules of the same name.
fn paths(program: &Program, classes: &[ClassId]) -> String {
    let path = |class: &ClassId| {
        let file = program.module(program.class(*class).module).file;
        format!("{} {}\n", file.0, program.class_path(ClassRef::Known(*class)))
    };
    classes.iter().map(path).collect()
}

/// Answers by key, each with what was read to find it.
pub(super) type Remembered<K, V> = Mutex<FxHashMap<K, (V, Arc<Reads>)>>;

/// What is known for a key, worked out when first asked for. The lock is not held meanwhile: two threads may work out the
/// same, and then the first answer stands. Whoever asks has read what the answer hangs on.
pub(super) fn remembered<K: Copy + Eq + Hash, V: Clone>(
    known: &Remembered<K, V>,
    key: K,
    find: impl FnOnce() -> V,
) -> V {
    let (value, reads) = known.lock().ok().and_then(|known| known.get(&key).cloned()).unwrap_or_else(|| {
        let (value, reads) = reads::noting(find);
        let found = (value, Arc::new(reads));
        match known.lock() {
            Ok(mut known) => known.entry(key).or_insert(found).clone(),
            Err(_) => found,
        }
    });
    reads::add(&reads);
    value
}

/// Notes that all that a class and its bases have is read.
fn read_bases(program: &Program, class: ClassId) {
    for base in &program.class(class).mro {
        if let ClassRef::Known(base) = base {
            program.class(*base);
        }
    }
}

/// The answer to a question about the whole project, which is noted in place of all that is read to find it.
fn asked<V>(question: Question, find: impl FnOnce() -> V) -> V {
    let (answer, _) = reads::noting(find);
    reads::question(question);
    answer
}

fn find_setters(program: &Program, class: ClassId, name: Name) -> Vec<(ClassId, Arc<Function>)> {
    let found = naming(program, class, name).into_iter();
    let sets = |(_, function): &(ClassId, &Arc<Function>)| assigns(function, &function.body.lowered().statements, name);
    let mut found: Vec<(ClassId, Arc<Function>)> =
        found.filter(sets).map(|(class, function)| (class, Arc::clone(function))).collect();
    // The class's own `__init__` knows what it gives to those of its bases.
    let init = program.member(class, Name::new("__init__"), None);
    if let Some((owner, Member::Function(init), _)) = init
        && found.iter().any(|(home, function)| *home != owner && function.name == "__init__")
    {
        found.insert(0, (owner, Arc::clone(init)));
    }
    found
}

/// The methods of a class and its bases whose text names an attribute, in the order in which they would set it: a body
/// that does not even say so is not worth parsing.
fn naming(program: &Program, class: ClassId, name: Name) -> Vec<(ClassId, &Arc<Function>)> {
    let written = format!(".{name}");
    let mut found = Vec::new();
    for base in &program.class(class).mro {
        let ClassRef::Known(base) = base else { continue };
        let functions = program.class(*base).members.values().filter_map(|member| match member {
            Member::Function(function) => Some(function),
            _ => None,
        });
        let mut own: Vec<&Arc<Function>> =
            functions.filter(|function| program.text_of(function).contains(&written)).collect();
        own.sort_by_key(|function| (function.name != "__init__", function.span.start));
        found.extend(own.into_iter().map(|function| (*base, function)));
    }
    found
}

/// Whether statements of a method assign `self.name`.
pub(super) fn assigns(function: &Function, body: &[Stmt], name: Name) -> bool {
    let Some(first) = function.parameters.first() else { return false };
    let mut names = Vec::new();
    assigned_attributes(body, first.name, &mut names);
    names.contains(&name)
}

/// What a method of a class sets on its receiver.
pub(super) fn assigned_by(program: &Program, class: ClassId, method: Name) -> Vec<Name> {
    let mut names = Vec::new();
    if let Some((_, Member::Function(function), _)) = program.member(class, method, None)
        && let Some(receiver) = function.parameters.first()
    {
        assigned_attributes(&function.body.lowered().statements, receiver.name, &mut names);
    }
    names
}

pub(super) fn assigned_attributes(body: &[Stmt], receiver: Name, names: &mut Vec<Name>) {
    for statement in body {
        match &statement.kind {
            StmtKind::Assign { targets, .. } => targets.iter().for_each(|target| attribute_of(target, receiver, names)),
            StmtKind::Annotated { target, value: Some(_), .. } => attribute_of(target, receiver, names),
            StmtKind::For { target, body, orelse, .. } => {
                attribute_of(target, receiver, names);
                assigned_attributes(body, receiver, names);
                assigned_attributes(orelse, receiver, names);
            }
            StmtKind::While { body, orelse, .. } | StmtKind::If { body, orelse, .. } => {
                assigned_attributes(body, receiver, names);
                assigned_attributes(orelse, receiver, names);
            }
            StmtKind::Try { body, handlers, orelse, finally } => {
                for part in [body, orelse, finally] {
                    assigned_attributes(part, receiver, names);
                }
                handlers.iter().for_each(|handler| assigned_attributes(&handler.body, receiver, names));
            }
            StmtKind::With { items, body, .. } => {
                items.iter().filter_map(|(_, target)| target.as_ref()).for_each(|t| attribute_of(t, receiver, names));
                assigned_attributes(body, receiver, names);
            }
            _ => {}
        }
    }
}

fn attribute_of(target: &Expr, receiver: Name, names: &mut Vec<Name>) {
    match &target.kind {
        ExprKind::Attribute { value, name, .. } if super::conditions::is_named(value, &receiver) => names.push(*name),
        ExprKind::Tuple(parts) | ExprKind::List(parts) => {
            parts.iter().for_each(|part| attribute_of(part, receiver, names));
        }
        _ => {}
    }
}

/// The models that come with Django are meant by nobody whose own models are SQLAlchemy's: `session` is no row there.
fn named_models(program: &Program) -> FxHashMap<Name, Option<ClassId>> {
    let mut named: FxHashMap<Name, Option<ClassId>> = FxHashMap::default();
    let is_own = |model: &&Model| !program.is_of_stub(model.class);
    let has_own = |orm: Orm| program.schema.models.iter().filter(is_own).any(|model| model.orm == orm);
    let is_meant = |orm: Orm| orm == Orm::SqlAlchemy || has_own(Orm::Django) || !has_own(Orm::SqlAlchemy);
    for model in program.schema.models.iter().filter(|model| !model.is_abstract && is_meant(model.orm)) {
        let name = Name::new(&snake_case(&program.class(model.class).class.name));
        named.entry(name).and_modify(|class| *class = None).or_insert(Some(model.class));
    }
    if let Some(user) = program.schema.user_model.filter(|user| is_meant(program.schema.model(*user).orm)) {
        named.insert(Name::new("user"), Some(program.schema.model(user).class));
    }
    named
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for (index, letter) in name.chars().enumerate() {
        if letter.is_uppercase() && index > 0 {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_about_classes_that_are_not_there_have_an_answer() {
        let program = Program::from_sources(&[("shop/models.py", "class Book:\n    pass\n")]);
        let question = Question::Setters(u32::MAX, Name::new("title"));
        assert_eq!(Index::new(&program).answer(&program, &question), "no such class");
    }
}
