//! Footprints: the shape of a statement, by which lines of code and statements of a database are joined.

use std::rc::Rc;

use serde::{Deserialize, Deserializer, Serialize};

use crate::syntax::Name;

/// What a SELECT asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SelectKind {
    /// All columns of a table.
    All,
    /// Only the key.
    Key,
    /// `COUNT(...)`.
    Count,
    /// An existence test.
    Exists,
    /// One column that is not the key.
    Column,
}

/// The shape of one statement. `tables[0]` is the main one; what has no order that matters is sorted (`sorted`), the
/// columns of a join too, so that equal shapes are equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Footprint {
    /// `select`, `insert` …
    pub verb: &'static str,
    /// Tables, the main one first.
    pub tables: Vec<Name>,
    /// Joined columns: `table.column` twice.
    pub joins: Vec<[Name; 2]>,
    /// Predicate columns with operators: `["shop_book.author_id", "="]`; `in` is apart from `=`.
    #[serde(rename = "where")]
    pub predicates: Vec<(Name, Name)>,
    /// What is selected; `None` for writes.
    pub select: Option<SelectKind>,
    /// Ordering columns.
    pub order_by: Vec<Name>,
    /// Whether it has a LIMIT.
    pub limit: bool,
}

/// A footprint as a document has it.
#[derive(Deserialize)]
struct Written {
    verb: Name,
    tables: Vec<Name>,
    joins: Vec<[Name; 2]>,
    #[serde(rename = "where")]
    predicates: Vec<(Name, Name)>,
    select: Option<SelectKind>,
    order_by: Vec<Name>,
    limit: bool,
}

/// By hand, because the derived one takes the verb's word for a piece of the document.
impl<'de> Deserialize<'de> for Footprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Written::deserialize(deserializer)?;
        let Written { verb, tables, joins, predicates, select, order_by, limit } = written;
        Ok(Footprint { verb: verb.as_str(), tables, joins, predicates, select, order_by, limit })
    }
}

impl Footprint {
    /// The same shape with the main table first and all else in the order of the alphabet, save the ordering.
    pub fn sorted(mut self) -> Footprint {
        let by_text = |a: &Name, b: &Name| a.as_str().cmp(b.as_str());
        if let Some(rest) = self.tables.get_mut(1..) {
            rest.sort_by(by_text);
        }
        self.joins.iter_mut().for_each(|join| join.sort_by(by_text));
        self.joins.sort_by_key(|[a, b]| (a.as_str(), b.as_str()));
        self.joins.dedup();
        self.predicates.sort_by_key(|(column, operator)| (column.as_str(), operator.as_str()));
        self
    }
}

/// What a query asks for besides its model: the part of its footprint that only the walk knows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// What is compared, as a path from the model (`author__name`) or as `table.column`, with the operator.
    pub predicates: Vec<(Name, Name)>,
    /// Of these, what is compared with a constant of the program: it is the same at each turn of a loop (SQLAlchemy).
    pub constants: Vec<Name>,
    /// The ordering as paths; `None` for the model's own.
    pub order_by: Option<Vec<Name>>,
    /// What is selected, as paths; `None` for rows.
    pub columns: Option<Vec<Name>>,
    /// What is computed instead.
    pub select: Option<SelectKind>,
    /// Paths that are joined to the rows.
    pub joins: Vec<Name>,
    /// Paths whose rows a statement of their own fetches: `books`, `books__chapters`.
    pub fetched: Vec<Name>,
    /// The parameter stands on the left of a comparison: SQLAlchemy's own with a parent.
    pub is_reversed: bool,
    /// It has a LIMIT.
    pub is_limited: bool,
    /// It skips rows, and the program does not say how many: an OFFSET that grows with the pages.
    pub is_offset: bool,
    /// Its rows are fetched in parts: SQLAlchemy's `yield_per`.
    pub is_streamed: bool,
    /// It asks for other rows than the relation it hangs on has, or in another form.
    pub is_narrowed: bool,
    /// Asked of a manager itself, not of a queryset made from it.
    pub is_direct: bool,
    /// More is asked than is known here: there is no footprint.
    pub is_open: bool,
}

/// What is known of the shape of a statement when it is sent.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// All of it: its text is known.
    Known(Footprint),
    /// What is asked; the rest follows from the model and what is done.
    Asked(Box<Asked>),
}

impl Asked {
    /// What one of two statements asks for, where nobody knows which of them is sent.
    pub fn of_either(one: &Rc<Asked>, other: &Rc<Asked>) -> Rc<Asked> {
        let mut asked = one.clone();
        if one != other {
            Rc::make_mut(&mut asked).is_open = true;
        }
        asked
    }

    /// What is compared for equality with something that may differ from turn to turn of a loop.
    pub fn keys(&self) -> impl Iterator<Item = Name> {
        let varies = |(compared, operator): &&(Name, Name)| *operator == "=" && !self.constants.contains(compared);
        self.predicates.iter().filter(varies).map(|(compared, _)| *compared)
    }

    /// Whether all of it is known and nothing of it can differ from turn to turn of a loop. A part of the rows may begin
    /// elsewhere each time.
    pub fn is_constant(&self) -> bool {
        let is_known = !self.is_open && !self.is_limited;
        is_known && self.predicates.iter().all(|(compared, _)| self.constants.contains(compared))
    }
}
