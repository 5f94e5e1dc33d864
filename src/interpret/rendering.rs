//! Templates at work: rendering one with a context, its blocks, and what it includes.
//!
//! `render_template(names, context, language)` renders the first template there is; `template_module` gives the names that
//! a template defines; `context_processors()` are the functions whose answers all templates see; `render_block` and `render_super` call a block of the template that is rendered.
//! `bind_names(context)` takes over what was put into a context.
//! `attribute_or_item(value, name)` is a look-up that calls nothing, `look_up(value, "a.b")` one that does.

use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::index::{Remembered, remembered};
use super::interpreter::Interpreter;
use super::variables::is_callable;
use crate::domain::{
    Arguments, Closure, Dict, Machine, Object, ObjectId, Place, Scalar, Scope, Sequence, SequenceKind, Size, Value, Why,
};
use crate::frameworks::templates::{
    Environment, Helper, HelperUse, Language, Libraries, Template, context_processors, language_of, lower,
};
use crate::project::{Orm, Program, last_name, number};
use crate::source::FileId;
use crate::syntax::ir::{Expr, Function};
use crate::syntax::{Name, reads};

/// So many templates may extend each other.
const LONGEST_CHAIN: usize = 8;

/// The scope of what is rendered: apart from other objects made at the place.
const CONTEXT: u32 = 300;
const LOCALS: u32 = 301;
const PROCESSORS: u32 = 302;

/// Templates that were lowered, shared by all roots.
#[derive(Default)]
pub(crate) struct Templates {
    libraries: Libraries,
    environment: Environment,
    processors: Vec<Name>,
    languages: Remembered<(FileId, Language), Language>,
    lowered: Remembered<(FileId, Language), Arc<Template>>,
}

impl Templates {
    /// Reads what the project adds to the languages of its templates, if it has any.
    pub(crate) fn new(program: &Program) -> Templates {
        if program.templates.is_empty() {
            return Templates::default();
        }
        Templates {
            libraries: Libraries::new(program),
            environment: reads::settled(|| Environment::new(program), |environment| environment.told(program)),
            processors: context_processors(program),
            ..Templates::default()
        }
    }

    /// What the project adds, as a number; the environment tells it to whoever reads it.
    pub(crate) fn told(&self) -> u64 {
        number(&(self.libraries.told(), self.processors.iter().map(|path| path.as_str()).collect::<Vec<_>>()))
    }

    /// The language of a file, where `asked` is what the caller renders with.
    fn language(&self, program: &Program, file: FileId, asked: Language) -> Language {
        remembered(&self.languages, (file, asked), || {
            reads::file(file);
            language_of(&program.files[file.0 as usize], asked)
        })
    }

    /// The lowered template of a file.
    fn get(&self, program: &Program, file: FileId, language: Language) -> Arc<Template> {
        remembered(&self.lowered, (file, language), || {
            reads::file(file);
            Arc::new(lower(&program.files[file.0 as usize], language, &self.libraries))
        })
    }
}

/// A template and the file it is in.
#[derive(Clone)]
struct Found {
    file: FileId,
    template: Arc<Template>,
}

impl Interpreter<'_> {
    /// A name that no context binds: a function of the project's Jinja environment, or a filter or test of it.
    pub(super) fn environment_name(&mut self, name: Name, used_as: HelperUse) -> Option<Value> {
        let environment = &self.index.templates.environment;
        let Some(helper) = environment.find(name, used_as) else {
            let is_variable = used_as == HelperUse::Global;
            return if is_variable { self.processed_name(name, &environment.processors) } else { None };
        };
        let mut function = self.function_of(&helper);
        let place = self.place(Default::default());
        if helper.takes_context {
            let context = self.local_names(place);
            let wrap = self.dotted_name("jinja2.helpers.with_context");
            function = self.call_value(&wrap, Arguments::of(vec![context, function]), place);
        }
        if let Some(template) = helper.renders {
            let wrap = self.dotted_name("jinja2.helpers.rendering");
            function = self.call_value(&wrap, Arguments::of(vec![Value::text(&template), function]), place);
        }
        Some(function)
    }

    fn function_of(&mut self, helper: &Helper) -> Value {
        match &helper.nested {
            None => self.dotted_name(&helper.path),
            Some((module, function)) => {
                let function = Arc::clone(function);
                Value::Function(Rc::new(Closure { function, module: *module, scope: None, class: None }))
            }
        }
    }

    /// A name that functions put into every context: `@app.context_processor`.
    fn processed_name(&mut self, name: Name, processors: &[Helper]) -> Option<Value> {
        processors.iter().find_map(|processor| {
            let function = self.function_of(processor);
            let place = self.place(Default::default());
            let Value::Object(id) = self.call_value(&function, Arguments::default(), place) else { return None };
            let Object::Dict(dict) = self.object(id) else { return None };
            dict.known.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
        })
    }

    /// Calls an intrinsic of templates by name.
    pub(super) fn template_intrinsic(&mut self, name: &str, arguments: &Arguments, place: Place) -> Option<Value> {
        let first = arguments.positional.first();
        match name {
            "render_template" => Some(self.render_template(arguments, place)),
            "template_module" => Some(self.template_module(arguments, place)),
            "render_block" => Some(self.render_block(&format!("$block.{}", first?.as_text()?), place)),
            "render_super" => Some(self.render_block(&format!("$super.{}", first?.as_text()?), place)),
            "context_processors" => Some(self.context_processors(place)),
            "locals" => Some(self.local_names(place)),
            "bind_names" => Some(self.bind_names(first?)),
            "attribute_or_item" => Some(self.attribute_or_item(first?, arguments.positional.get(1)?.as_text()?, place)),
            "look_up" => Some(self.look_up(first?, &arguments.positional.get(1)?.as_text()?, place)),
            _ => None,
        }
    }

    /// A method of a value that nothing is known of: the name of a template proves that it is an environment of Jinja's.
    pub(super) fn unknown_environment(&mut self, name: Name, arguments: &Arguments, place: Place) -> Option<Value> {
        let template = arguments.positional.first().filter(|_| name == "get_template")?.as_text()?;
        // The engines of Django have the method too.
        let may_be_jinja = self.program.schema.models.iter().any(|model| model.orm == Orm::SqlAlchemy);
        if !may_be_jinja || self.program.templates_named(&template, self.asker()).is_empty() {
            return None;
        }
        let get = self.dotted_name("jinja2.helpers.get_template");
        Some(self.call_value(&get, arguments.clone(), place))
    }

    /// `render_theme_template(theme, "books.html", books=books)`: a function outside the project that is named like one which
    /// renders, and is given the name of a template that there is.
    pub(super) fn unknown_rendering(
        &mut self,
        callee: &Value,
        function: &Expr,
        arguments: &Arguments,
        place: Place,
    ) -> Option<Value> {
        // A stub says itself in which language its templates are.
        last_name(function).filter(|name| name.starts_with("render") && !self.frame().is_stub)?;
        let is_outside = |part: &Value| match part {
            Value::Unknown(_) | Value::External(_) | Value::None => true,
            // A method that the project's class has of a base outside: `self.render("books.html", books=books)`.
            Value::Method(method) => {
                matches!(&method.0, Value::Object(id) if matches!(self.object(*id), Object::Instance(_)))
            }
            _ => false,
        };
        let may_be_jinja = self.program.schema.models.iter().any(|model| model.orm == Orm::SqlAlchemy);
        if !may_be_jinja || !callee.disjuncts().iter().all(is_outside) {
            return None;
        }
        let is_template =
            |text: &Name| text.contains('.') && !self.program.templates_named(text, self.asker()).is_empty();
        let template = arguments.positional.iter().filter_map(Value::as_text).find(is_template)?;
        let context = self.context_given(arguments, place);
        let rendered = vec![Value::text(&template), context, Value::text("jinja2")];
        self.walk_handed(arguments, place);
        Some(self.render_template(&Arguments::of(rendered), place))
    }

    /// What a call gives a template: its keywords, and what stands in dictionaries among its arguments.
    fn context_given(&mut self, arguments: &Arguments, place: Place) -> Value {
        let mut known: Vec<(Name, Value)> = arguments.keywords.clone();
        let given = arguments.positional.iter().chain(arguments.keywords.iter().map(|(_, value)| value));
        for value in given.chain(&arguments.double_star).flat_map(Value::disjuncts) {
            let Value::Object(id) = value else { continue };
            let Object::Dict(dict) = self.object(id) else { continue };
            known.extend(dict.known.iter().cloned());
        }
        self.dict_of(known, place)
    }

    /// The functions that the settings name.
    fn context_processors(&mut self, place: Place) -> Value {
        let paths = &self.index.templates.processors;
        let functions: Vec<Value> = paths.iter().map(|path| self.dotted_name(path)).collect();
        let functions = functions.into_iter().filter(|found| matches!(found, Value::Function(_))).collect();
        Value::Object(self.allocate(place, PROCESSORS, Object::Sequence(Sequence::of(SequenceKind::Tuple, functions))))
    }

    fn render_template(&mut self, arguments: &Arguments, place: Place) -> Value {
        let context = arguments.positional.get(1).cloned().unwrap_or(Value::None);
        let language = asked_language(arguments.positional.get(2));
        let before = self.state.clone();
        let mut after = None;
        for found in self.templates_named(arguments.positional.first(), language, self.asker()) {
            self.state = before.clone();
            let scope = self.context_scope(&context, &found, place);
            let is_django = self.index.templates.language(self.program, found.file, language) == Language::Django;
            let outside = std::mem::replace(&mut self.renders_django, is_django);
            self.render(&found, scope, language, place);
            self.renders_django = outside;
            self.state.put(scope, None);
            super::state::collect(&mut after, std::mem::take(&mut self.state));
        }
        self.state = after.unwrap_or(before);
        Value::ANY
    }

    /// A variable of Django's template language: what it leads to is called where it can be. Names with a dot are those of
    /// tags and filters.
    pub(super) fn template_variable(&mut self, name: Name, value: Value, place: Place) -> Value {
        let is_variable = || !name.contains('.') && self.program.module(self.frame().module).is_template;
        if self.renders_django && is_callable(&value) && is_variable() { self.called(value, place) } else { value }
    }

    /// The file of the project's that asks for a template.
    fn asker(&self) -> FileId {
        let own = self.frames.iter().rev().find(|frame| !frame.is_stub);
        own.map_or(self.frame().file, |frame| frame.file)
    }

    /// The templates that a value may name; of a list, the first there is.
    fn templates_named(&mut self, names: Option<&Value>, language: Language, asker: FileId) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        for value in names.map(Value::disjuncts).unwrap_or_default() {
            let listed = self.listed(&value).unwrap_or_else(|| vec![value.clone()]);
            let first = listed.iter().find_map(|name| self.template_named(name.as_text()?, language, asker));
            found.extend(first.filter(|one| found.iter().all(|known| known.file != one.file)));
        }
        found
    }

    fn template_named(&self, name: Name, language: Language, asker: FileId) -> Option<Found> {
        let files = self.program.templates_named(&name, asker);
        let language_of = |file: &FileId| self.index.templates.language(self.program, *file, language);
        let file = *files.iter().find(|file| language_of(file) == language).or(files.first())?;
        let template = self.index.templates.get(self.program, file, language_of(&file));
        Some(Found { file, template })
    }

    /// A scope that holds the names of a context.
    fn context_scope(&mut self, context: &Value, found: &Found, place: Place) -> ObjectId {
        let module = self.program.module_of(found.file).map(|module| module.id);
        let mut scope = Scope { module, is_captured: true, ..Scope::default() };
        for part in context.disjuncts() {
            let Value::Object(id) = part else { continue };
            let Object::Dict(dict) = self.object(id) else { continue };
            for (name, value) in &dict.known {
                let joined = scope.names.get(name).map_or(value.clone(), |known| known.join(value, None));
                scope.names.insert(*name, joined);
            }
        }
        self.allocate(place, CONTEXT, Object::Scope(scope))
    }

    fn render(&mut self, found: &Found, scope: ObjectId, language: Language, place: Place) {
        let mut chain = vec![found.clone()];
        let mut missing = None;
        while let Some(last) = chain.last().filter(|_| chain.len() < LONGEST_CHAIN)
            && let Some(parent) = &last.template.parent
        {
            match self.parent_of(last, scope, language, place) {
                Some(found) if chain.iter().any(|known| known.file == found.file) => break,
                Some(found) => chain.push(found),
                None => {
                    missing = Some((last.file, Arc::clone(&parent.instead)));
                    break;
                }
            }
        }
        self.bind_blocks(&chain, scope);
        for one in &chain {
            self.run_in(scope, one.file, &one.template.body, place);
        }
        if let Some((file, blocks)) = missing {
            self.run_in(scope, file, &blocks, place);
        }
    }

    fn parent_of(&mut self, child: &Found, scope: ObjectId, language: Language, place: Place) -> Option<Found> {
        let parent = child.template.parent.as_ref()?;
        let name = self.run_in(scope, child.file, &parent.name, place);
        self.templates_named(Some(&name), language, child.file).into_iter().next()
    }

    /// The block that a name means is that of the template furthest down; each knows the one it replaces.
    fn bind_blocks(&mut self, chain: &[Found], scope: ObjectId) {
        let mut below: FxHashMap<Name, FileId> = FxHashMap::default();
        for one in chain {
            for (name, function) in &one.template.blocks {
                let key = match below.insert(*name, one.file) {
                    None => format!("$block.{name}"),
                    Some(file) => format!("$super.{name}.{}", file.0),
                };
                if let Some(closure) = self.template_closure(one.file, function) {
                    self.set_in_scope(scope, Name::new(&key), Value::Function(Rc::new(closure)));
                }
            }
        }
    }

    fn template_closure(&self, file: FileId, function: &Arc<Function>) -> Option<Closure> {
        let module = self.program.module_of(file)?.id;
        Some(Closure { function: Arc::clone(function), module, scope: None, class: None })
    }

    /// Runs a function of a template in a scope that stays.
    fn run_in(&mut self, scope: ObjectId, file: FileId, function: &Arc<Function>, place: Place) -> Value {
        match self.template_closure(file, function) {
            Some(closure) => self.call_in_scope(&closure, scope, place),
            None => Value::None,
        }
    }

    /// Calls a block: it sees the names that are in reach where it is called.
    fn render_block(&mut self, key: &str, place: Place) -> Value {
        let scope = self.frame().scope;
        if let Some(Value::Function(block)) = self.lookup_in_scopes(scope, Name::new(key)) {
            let closure = Closure { scope: Some(scope), ..(*block).clone() };
            self.call_value(&Value::Function(Rc::new(closure)), Arguments::default(), place);
        }
        Value::ANY
    }

    /// The names that a template defines at its top.
    fn template_module(&mut self, arguments: &Arguments, place: Place) -> Value {
        let context = arguments.positional.get(1).cloned().unwrap_or(Value::None);
        let language = asked_language(arguments.positional.get(2));
        let Some(found) = self.templates_named(arguments.positional.first(), language, self.asker()).into_iter().next()
        else {
            return Value::unknown(Why::Call);
        };
        let scope = self.context_scope(&context, &found, place);
        self.run_in(scope, found.file, &found.template.body, place);
        let names = self.names_of(scope);
        self.dict_of(names, place)
    }

    /// The names in reach of the current code, but not of its module.
    fn local_names(&mut self, place: Place) -> Value {
        let names = self.names_of(self.frame().scope);
        self.dict_of(names, place)
    }

    /// Names of a context that differ from those in reach.
    fn bind_names(&mut self, context: &Value) -> Value {
        let Value::Object(id) = context else { return Value::None };
        let Object::Dict(dict) = self.object(*id).clone() else { return Value::None };
        let scope = self.frame().scope;
        for (name, value) in dict.known {
            if self.lookup_in_scopes(scope, name).as_ref() != Some(&value) {
                self.set_in_scope(scope, name, value);
            }
        }
        Value::None
    }

    /// A literal, or a path of names and keys.
    fn look_up(&mut self, value: &Value, path: &str, place: Place) -> Value {
        if let Some(rest) = path.strip_prefix(['"', '\'']) {
            return Value::text(&rest[..rest.len().saturating_sub(1)]);
        }
        if path.parse::<f64>().is_ok() {
            return Value::ANY;
        }
        let parts = path.split('.').map(Name::new);
        parts.fold(value.clone(), |value, part| self.template_lookup(&value, part, place))
    }

    fn names_of(&self, scope: ObjectId) -> Vec<(Name, Value)> {
        let mut names: Vec<(Name, Value)> = Vec::new();
        let mut current = Some(scope);
        while let Some(Object::Scope(scope)) = current.map(|id| self.object(id)) {
            for (name, value) in &scope.names {
                if !name.starts_with('$') && names.iter().all(|(known, _)| known != name) {
                    names.push((*name, value.clone()));
                }
            }
            current = scope.parent;
        }
        names
    }

    fn dict_of(&mut self, known: Vec<(Name, Value)>, place: Place) -> Value {
        let dict = Dict { size: Size::Known(known.len() as u64), known, ..Dict::empty() };
        Value::Object(self.allocate(place, LOCALS, Object::Dict(dict)))
    }

    /// An item of a mapping, else an attribute: nothing is called.
    fn attribute_or_item(&mut self, owner: &Value, name: Name, place: Place) -> Value {
        if let Value::Object(id) = owner
            && let Object::Dict(dict) = self.object(*id)
            && (dict.known.iter().any(|(known, _)| *known == name) || !is_dict_method(&name))
        {
            return self.item(owner, &Value::Scalar(Scalar::Text(name)), place);
        }
        self.read_attribute(owner, name, place)
    }
}

fn is_dict_method(name: &str) -> bool {
    matches!(name, "items" | "keys" | "values" | "get" | "pop" | "update" | "copy" | "setdefault")
}

fn asked_language(value: Option<&Value>) -> Language {
    let is_jinja = value.and_then(Value::as_text).is_some_and(|name| name == "jinja2");
    if is_jinja { Language::Jinja } else { Language::Django }
}
