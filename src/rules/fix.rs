//! How findings are mended: one function a technique, named in the front matter of the rules that use it.

use super::case::{Case, class_name, manager_name};
use super::eager;
use crate::project::{Model, Orm};
use crate::syntax::Name;

/// The edits that a rule offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// They keep behaviour for certain.
    Safe,
    /// Somebody has to look at them.
    Review,
    /// There are none: the help says what to do.
    None,
}

impl Remedy {
    /// The word in front matter and output.
    pub fn as_str(self) -> &'static str {
        match self {
            Remedy::Safe => "safe",
            Remedy::Review => "review",
            Remedy::None => "none",
        }
    }

    /// The remedy that a word names.
    pub fn from_word(word: &str) -> Option<Remedy> {
        [Remedy::Safe, Remedy::Review, Remedy::None].into_iter().find(|remedy| remedy.as_str() == word)
    }
}

/// A technique.
#[derive(Debug)]
pub struct Fix {
    /// The word in front matter.
    pub name: &'static str,
    advise: fn(&Case) -> String,
}

const FIXES: [Fix; 21] = [
    Fix { name: "eager-load", advise: eager_load },
    Fix { name: "filtered-prefetch", advise: filtered_prefetch },
    Fix { name: "eager-load-once", advise: eager_load_once },
    Fix { name: "look-up-before", advise: look_up_before },
    Fix { name: "annotate", advise: annotate },
    Fix { name: "load-column", advise: load_column },
    Fix { name: "key-attribute", advise: key_attribute },
    Fix { name: "read-again-once", advise: read_again_once },
    Fix { name: "bulk-create", advise: bulk_create },
    Fix { name: "bulk-update", advise: bulk_update },
    Fix { name: "bulk-delete", advise: bulk_delete },
    Fix { name: "link-at-once", advise: link_at_once },
    Fix { name: "upsert", advise: upsert },
    Fix { name: "one-statement", advise: one_statement },
    Fix { name: "after-loop", advise: after_loop },
    Fix { name: "add-all", advise: add_all },
    Fix { name: "parameterise", advise: parameterise },
    Fix { name: "by-hand", advise: by_hand },
    Fix { name: "exists", advise: exists },
    Fix { name: "count", advise: count },
    Fix { name: "load-separately", advise: load_separately },
];

/// Queryset methods that a plain prefetch does not answer: what is read must be prefetched in that form.
const NARROWING: [&str; 16] = [
    "filter",
    "exclude",
    "order_by",
    "values",
    "values_list",
    "get",
    "first",
    "last",
    "earliest",
    "latest",
    "iterator",
    "distinct",
    "select_related",
    "annotate",
    "only",
    "defer",
];

impl Fix {
    /// The technique with this name.
    pub fn named(name: &str) -> Option<&'static Fix> {
        const TABLE: &[Fix] = &FIXES;
        TABLE.iter().find(|fix| fix.name == name)
    }

    /// Which edits it makes: an eager load changes what is fetched, and somebody has to look whether all of it is read.
    pub(super) fn offers(&self) -> Remedy {
        if self.name == "eager-load" { Remedy::Review } else { Remedy::None }
    }

    /// Whether the case is mended by loading its relation, as it is, with the rows.
    pub(super) fn is_eager_load(&self, case: &Case) -> bool {
        self.name == "eager-load" && !is_narrowed(case)
    }

    /// What to write instead, for one case; lower case, without a full stop.
    pub(super) fn advise(&self, case: &Case) -> String {
        (self.advise)(case)
    }
}

fn eager_load(case: &Case) -> String {
    match () {
        () if is_read_while_made(case) => read_later(case),
        () if is_narrowed(case) => filtered_prefetch(case),
        () => eager::advise(case),
    }
}

/// Whether a constructor of Django's rows reads the relation: what the query joins is put on a row after it was made.
fn is_read_while_made(case: &Case) -> bool {
    let is_constructor = case.site.enclosing.rsplit('.').next() == Some("__init__");
    case.orm() == Orm::Django && case.site.origin.is_none() && is_constructor
}

fn read_later(case: &Case) -> String {
    let name = case.site.relation.map_or("it", |name| name.as_str());
    format!(
        "keep the key (`{name}_id`) here and read `{name}` where it is wanted: what a query joins comes after `__init__`"
    )
}

/// A statement of its own for one of two joined collections.
fn load_separately(case: &Case) -> String {
    let name = case.site.relation.map_or("it", |name| name.as_str());
    let owner = case.model().map_or("", class_name);
    let names_options = case.expression().contains("options");
    if names_options || !case.expression().contains("relationship") {
        format!("load `{name}` with `selectinload({owner}.{name})`, a statement of its own")
    } else {
        format!(
            "map `{name}` with `lazy=\"selectin\"`, a statement of its own, or leave it lazy and load it where it is read"
        )
    }
}

/// Whether the related rows are asked for in another form than a plain prefetch has them.
fn is_narrowed(case: &Case) -> bool {
    if case.orm() != Orm::Django {
        return false;
    }
    if case.site.asked.as_ref().is_some_and(|asked| asked.is_narrowed) {
        return true;
    }
    let is_set = case.relation().is_some_and(|relation| !relation.kind.is_single());
    is_set && NARROWING.contains(&case.site.action.as_str())
}

fn filtered_prefetch(case: &Case) -> String {
    let path = case.spelled_path().unwrap_or_default();
    let name = case.site.relation.map_or("rows", |name| name.as_str());
    let rows = case.target().map_or("…".to_owned(), |target| manager(target) + "…");
    format!(
        "add `.prefetch_related(Prefetch(\"{path}\", queryset={rows}, to_attr=\"chosen_{name}\"))` to {} and read \
         `chosen_{name}`, or pick from `.all()` in Python",
        case.query_in_words()
    )
}

fn eager_load_once(case: &Case) -> String {
    let path = case.spelled_path().unwrap_or_default();
    match case.orm() {
        Orm::Django => format!(
            "load for all rows at once: `.prefetch_related(\"{path}\")` on the query outside the loop, or one \
             `prefetch_related_objects(rows, \"{path}\")`"
        ),
        Orm::SqlAlchemy => "run one query for all rows outside the loop, with the same loader options".to_owned(),
    }
}

fn look_up_before(case: &Case) -> String {
    let Some(model) = case.model() else {
        return "fetch all rows with one query before the loop and look them up in a dictionary".to_owned();
    };
    let rows = manager(model);
    match (model.orm, case.site.action.as_str()) {
        (Orm::SqlAlchemy, _) => select_before(case, model),
        (Orm::Django, "get" | "aget") => {
            format!("fetch them before the loop with `{rows}in_bulk(…)` or `{rows}filter(pk__in=…)`")
        }
        (Orm::Django, _) => {
            format!("fetch them before the loop with one `{rows}filter(…__in=…)` and group them in a dictionary")
        }
    }
}

/// One `select` in place of one at each turn, by the attributes that the query compares with a value of the turn.
fn select_before(case: &Case, model: &Model) -> String {
    let class = class_name(model);
    let keys = match case.site.asked.as_deref() {
        // `session.get(Book, key)`
        None => Some(vec![model.primary_key]),
        Some(asked) if asked.is_constant() && !case.source_text().contains("**") => {
            return "it does not depend on the loop: run it once before it".to_owned();
        }
        Some(asked) => asked.keys().map(|key| attribute_of(model, key)).collect(),
    };
    let spelled = |key: &Name| format!("{class}.{key}");
    let condition = match keys.as_deref() {
        None | Some([]) => {
            return format!(
                "fetch the rows of all turns with one `select({class})` before the loop and look them up in a dictionary"
            );
        }
        Some([key]) => spelled(key),
        Some(keys) => format!("tuple_({})", keys.iter().map(spelled).collect::<Vec<_>>().join(", ")),
    };
    format!(
        "fetch them before the loop with `select({class}).where({condition}.in_(…))` and look them up in a dictionary"
    )
}

/// The attribute of a model that a comparison names: by its column, or as it is. A relation is compared by its key.
fn attribute_of(model: &Model, compared: Name) -> Option<Name> {
    if let Some((table, column)) = compared.rsplit_once('.') {
        let is_own = model.table.is_some_and(|own| own == table);
        return model.columns.iter().find(|found| is_own && found.column == column).map(|found| found.name);
    }
    match model.relation(compared) {
        Some(relation) => relation.key_attribute,
        None => model.column(compared).map(|column| column.name),
    }
}

fn annotate(case: &Case) -> String {
    let Some(relation) = case.relation() else {
        return "count for all rows with one grouped query before the loop".to_owned();
    };
    let (name, looked_up) = (relation.name, relation.query_name);
    let query = case.query_in_words();
    match (case.orm(), case.site.action.as_str()) {
        (Orm::SqlAlchemy, _) => format!("select `func.count()` with a `group_by` in {query}, or a `column_property`"),
        (Orm::Django, "exists" | "aexists") => {
            format!("add `.annotate(has_{name}=Exists(…))` to {query}, or `.prefetch_related(\"{name}\")`")
        }
        (Orm::Django, "aggregate" | "aaggregate") => format!("move the aggregate into `.annotate(…)` of {query}"),
        (Orm::Django, _) => {
            let path = [&case.path()[..case.path().len().saturating_sub(1)], &[looked_up]].concat();
            let path = path.iter().map(|step| step.as_str()).collect::<Vec<_>>().join("__");
            format!("add `.annotate({name}_count=Count(\"{path}\"))` to {query}")
        }
    }
}

fn load_column(case: &Case) -> String {
    let column = case.site.relation.unwrap_or(case.site.action);
    match case.orm() {
        Orm::Django => {
            format!(
                "load `{column}` with the rows: name it in `.only(…)` or leave it out of `.defer(…)` of {}",
                case.query_in_words()
            )
        }
        Orm::SqlAlchemy => match case.model() {
            Some(model) => {
                format!("add `.options(undefer({}.{column}))` to {}", class_name(model), case.query_in_words())
            }
            None => format!("load `{column}` with the rows"),
        },
    }
}

fn key_attribute(case: &Case) -> String {
    let Some((relation, key)) = case.relation().and_then(|found| Some((found.name, found.key_attribute?))) else {
        return "read the key attribute of the row instead of the related row's key".to_owned();
    };
    let text = case.expression();
    let read = match text.rfind(&format!(".{relation}")) {
        Some(start) => format!("{}.{key}", &text[..start]),
        None => key.to_string(),
    };
    format!("read `{read}`: the row already holds the key")
}

fn read_again_once(case: &Case) -> String {
    match case.model() {
        Some(model) => format!(
            "read the {} rows again with one query for all of them, before the loop or after it, wherever they are needed",
            model.label
        ),
        None => "read the rows again with one query for all of them, before the loop or after it".to_owned(),
    }
}

fn bulk_create(case: &Case) -> String {
    match case.model() {
        Some(model) if model.orm == Orm::Django => format!(
            "collect the rows and insert them after the loop with one `{}bulk_create(rows)` (it sends no signals)",
            manager(model)
        ),
        Some(model) => {
            format!("collect the values and send one `session.execute(insert({}), values)`", class_name(model))
        }
        None => "collect the rows and insert them after the loop with one bulk statement".to_owned(),
    }
}

fn bulk_update(case: &Case) -> String {
    match case.model() {
        Some(model) if model.orm == Orm::Django => format!(
            "set the value with one `.update(…)` on the queryset, or collect the rows for one \
             `{}bulk_update(rows, fields)` after the loop (neither calls `save()` or signals)",
            manager(model)
        ),
        Some(model) => format!("send one `session.execute(update({}), values)`", class_name(model)),
        None => "collect the rows and write them after the loop with one bulk statement".to_owned(),
    }
}

fn bulk_delete(case: &Case) -> String {
    match case.model() {
        Some(model) if model.orm == Orm::Django => {
            format!(
                "delete them together: `{}filter(pk__in=…).delete()`, or `.delete()` on the queryset",
                manager(model)
            )
        }
        Some(model) => format!("send one `session.execute(delete({}).where(…))`", class_name(model)),
        None => "delete the rows with one statement".to_owned(),
    }
}

fn link_at_once(case: &Case) -> String {
    if matches!(case.site.action.as_str(), "clear" | "set" | "aclear" | "aset") {
        let through = through(case);
        return format!(
            "write the links of all owners at once: `{through}.objects.filter(…__in=owners).delete()`, then \
             `{through}.objects.bulk_create(links)`"
        );
    }
    let (receiver, through) = (case.receiver(), through(case));
    if case.expression().contains("(*") {
        return format!("write the links of all owners with one `{through}.objects.bulk_create(links)` after the loop");
    }
    format!(
        "pass all rows at once, `{receiver}.{}(*rows)`, or write the links of many owners with one \
         `{through}.objects.bulk_create(links)`",
        case.site.action
    )
}

/// `Book.tags.through`
fn through(case: &Case) -> String {
    let relation = case.model().zip(case.site.relation).map(|(model, name)| format!("{}.{name}", class_name(model)));
    relation.unwrap_or_else(|| "the relation".to_owned()) + ".through"
}

fn upsert(case: &Case) -> String {
    match case.model() {
        Some(model) if model.orm == Orm::Django => format!(
            "write all rows with one `{}bulk_create(rows, update_conflicts=True, unique_fields=[…], update_fields=[…])`, \
             or look the existing ones up before the loop",
            manager(model)
        ),
        Some(model) => format!(
            "load the existing rows with one query before the loop, or send one `insert({})` with `on_conflict_do_update`",
            class_name(model)
        ),
        None => "look the existing rows up before the loop and insert the rest together".to_owned(),
    }
}

fn one_statement(_: &Case) -> String {
    "collect the values in the loop and send one statement for all of them after it".to_owned()
}

fn after_loop(case: &Case) -> String {
    if case.site.action == "autoflush" {
        let read = case.expression();
        return format!(
            "`{read}` flushes what waits to be written: read it before rows are changed, or inside `with session.no_autoflush:`"
        );
    }
    format!("call `{}` once after the loop, or once a batch", case.expression())
}

fn add_all(case: &Case) -> String {
    let class = case.model().map_or("Model", class_name);
    format!("for many rows send `session.execute(insert({class}), values)` instead of one object each")
}

fn parameterise(case: &Case) -> String {
    match case.site.action.as_str() {
        "text" => {
            "name the values in the text and pass them beside it: `execute(text(\"… = :value\"), {\"value\": value})`"
        }
        "raw" => "pass the values beside the text: `raw(\"… = %s\", [value])`",
        "RawSQL" => "pass the values beside the text: `RawSQL(\"… = %s\", [value])`",
        _ => "pass the values beside the text: `execute(\"… = %s\", [value])`",
    }
    .to_owned()
}

fn exists(case: &Case) -> String {
    match case.orm() {
        Orm::Django => "ask `.exists()` instead: the database stops at the first row".to_owned(),
        Orm::SqlAlchemy => {
            "ask `session.query(query.exists()).scalar()`: the database stops at the first row".to_owned()
        }
    }
}

fn count(case: &Case) -> String {
    match (case.orm(), case.model()) {
        (Orm::SqlAlchemy, Some(model)) => {
            format!("let the database count: `select(func.count()).select_from({})`", class_name(model))
        }
        _ => "ask `.count()` instead: the database sends a number".to_owned(),
    }
}

/// For rules whose page says in `help` what to write.
fn by_hand(case: &Case) -> String {
    format!("see the page of the rule for what to write instead of `{}`", case.expression())
}

/// `Book.objects.`, by the model's default manager.
fn manager(model: &Model) -> String {
    let name = manager_name(model);
    format!("{}.{name}.", class_name(model))
}
