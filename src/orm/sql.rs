//! Known SQL text to a footprint. What the parser does not understand has none.

use sqlparser::ast::{
    AccessExpr, BinaryOperator, Delete, Expr, FromTable, Function, FunctionArg, FunctionArgExpr, FunctionArguments,
    Insert, JoinConstraint, JoinOperator, LimitClause, ObjectName, OrderByKind, Query, Select, SelectItem, SetExpr,
    Statement, TableFactor, TableObject, TableWithJoins, Update,
};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;

use crate::domain::{Footprint, SelectKind, Verb};
use crate::syntax::Name;

/// A longer text is not worth parsing; bytes.
const LONGEST: usize = 16 * 1024;

/// The deepest nesting of expressions that is followed.
const DEEPEST: u32 = 200;

/// What one statement does, with its shape. Placeholders may be written as `%s`, `%(name)s`, `:name` or `?`.
pub fn footprint(text: &str) -> Option<(Verb, Footprint)> {
    if text.len() > LONGEST {
        return None;
    }
    let statements = Parser::parse_sql(&GenericDialect {}, &with_placeholders(text)).ok()?;
    let [statement] = statements.as_slice() else { return None };
    let mut shape = Shape::default();
    let verb = shape.statement(statement)?;
    let footprint = Footprint {
        verb: verb.as_str(),
        tables: shape.tables.iter().map(|(_, table)| Name::new(table)).collect(),
        joins: shape.joins,
        predicates: shape.predicates,
        select: shape.select,
        order_by: shape.order_by,
        limit: shape.has_limit,
    };
    Some((verb, footprint.sorted()))
}

/// `%s` and `%(name)s` as `?`, and `%%` as `%`, which is what the database gets to see.
fn with_placeholders(text: &str) -> String {
    let mut parts = text.split('%');
    let mut result = parts.next().unwrap_or_default().to_owned();
    let mut after_percent = false;
    for part in parts {
        let named = part.strip_prefix('(').and_then(|rest| rest.split_once(")s")).map(|(_, rest)| rest);
        let (mark, rest) = match part.strip_prefix('s').or(named) {
            Some(rest) if !after_percent => ("?", rest),
            _ => ("%", part),
        };
        after_percent = part.is_empty() && !after_percent;
        if !after_percent || mark == "?" {
            result.push_str(mark);
        }
        result.push_str(rest);
    }
    result
}

/// What has been read of a statement.
#[derive(Default)]
struct Shape {
    /// Alias (or the name itself) and table, the main one first.
    tables: Vec<(String, String)>,
    joins: Vec<[Name; 2]>,
    predicates: Vec<(Name, Name)>,
    select: Option<SelectKind>,
    order_by: Vec<Name>,
    has_limit: bool,
    depth: u32,
    /// Names of queries in FROM, with the main table of each.
    derived: Vec<(String, String)>,
}

impl Shape {
    fn statement(&mut self, statement: &Statement) -> Option<Verb> {
        match statement {
            Statement::Query(query) => self.query(query).map(|()| Verb::Select),
            Statement::Insert(insert) => self.insert(insert).map(|()| Verb::Insert),
            Statement::Update(update) => self.update(update).map(|()| Verb::Update),
            Statement::Delete(delete) => self.delete(delete).map(|()| Verb::Delete),
            _ => None,
        }
    }

    /// What an inner query selects and how it orders does not show outside; its limit does.
    fn query(&mut self, query: &Query) -> Option<()> {
        let SetExpr::Select(select) = query.body.as_ref() else { return None };
        select.from.iter().for_each(|from| self.from(from));
        self.selected(select);
        select.selection.iter().for_each(|condition| self.condition(condition));
        self.order_by = Vec::new();
        if let Some(OrderByKind::Expressions(expressions)) = query.order_by.as_ref().map(|order| &order.kind) {
            let columns = expressions.iter().filter_map(|ordered| self.column(&ordered.expr)).collect();
            self.order_by = columns;
        }
        self.has_limit |= query.fetch.is_some()
            || match &query.limit_clause {
                Some(LimitClause::LimitOffset { limit, .. }) => limit.is_some(),
                Some(LimitClause::OffsetCommaLimit { .. }) => true,
                None => false,
            };
        Some(())
    }

    fn insert(&mut self, insert: &Insert) -> Option<()> {
        let TableObject::TableName(name) = &insert.table else { return None };
        self.table(name, None);
        Some(())
    }

    fn update(&mut self, update: &Update) -> Option<()> {
        self.from(&update.table);
        update.selection.iter().for_each(|condition| self.condition(condition));
        Some(())
    }

    fn delete(&mut self, delete: &Delete) -> Option<()> {
        let (FromTable::WithFromKeyword(tables) | FromTable::WithoutKeyword(tables)) = &delete.from;
        tables.iter().chain(delete.using.iter().flatten()).for_each(|from| self.from(from));
        delete.selection.iter().for_each(|condition| self.condition(condition));
        Some(())
    }

    fn from(&mut self, from: &TableWithJoins) {
        self.factor(&from.relation);
        for join in &from.joins {
            self.factor(&join.relation);
            if let Some(JoinConstraint::On(condition)) = constraint(&join.join_operator) {
                self.join(condition);
            }
        }
    }

    fn factor(&mut self, factor: &TableFactor) {
        match factor {
            TableFactor::Table { name, alias, .. } => {
                self.table(name, alias.as_ref().map(|alias| alias.name.value.as_str()));
            }
            // `SELECT count(*) FROM (SELECT …)`: what is counted is what matters.
            TableFactor::Derived { subquery, alias, .. } if self.descend() => {
                let first = self.tables.len();
                self.query(subquery);
                self.depth -= 1;
                if let (Some(alias), Some((_, table))) = (alias, self.tables.get(first)) {
                    self.derived.push((alias.name.value.clone(), table.clone()));
                }
            }
            _ => {}
        }
    }

    fn table(&mut self, name: &ObjectName, alias: Option<&str>) {
        let Some(table) = name.0.last().and_then(|part| part.as_ident()) else { return };
        let table = table.value.clone();
        self.tables.push((alias.unwrap_or(&table).to_owned(), table));
    }

    /// The columns that a join condition ties; what else it asks is a predicate.
    fn join(&mut self, condition: &Expr) {
        if let Expr::BinaryOp { left, op: BinaryOperator::Eq, right } = condition
            && let (Some(left), Some(right)) = (self.column(left), self.column(right))
        {
            self.joins.push([left, right]);
            return;
        }
        match condition {
            Expr::BinaryOp { left, op: BinaryOperator::And, right } if self.descend() => {
                self.join(left);
                self.join(right);
                self.depth -= 1;
            }
            Expr::Nested(inner) if self.descend() => {
                self.join(inner);
                self.depth -= 1;
            }
            other => self.condition(other),
        }
    }

    fn descend(&mut self) -> bool {
        self.depth += 1;
        let fits = self.depth <= DEEPEST;
        if !fits {
            self.depth -= 1;
        }
        fits
    }

    /// The columns that are compared, with the operators.
    fn condition(&mut self, condition: &Expr) {
        if !self.descend() {
            return;
        }
        match condition {
            Expr::BinaryOp { left, op: BinaryOperator::And | BinaryOperator::Or, right } => {
                self.condition(left);
                self.condition(right);
            }
            Expr::BinaryOp { left, op: BinaryOperator::Eq, right }
                if self.column(left).is_some() && self.column(right).is_some() =>
            {
                self.join(condition);
            }
            Expr::BinaryOp { left, op, right } => {
                let column = self.column(left).or_else(|| self.column(right));
                self.predicates.extend(column.map(|column| (column, Name::new(&op.to_string()))));
            }
            Expr::Nested(inner) | Expr::UnaryOp { expr: inner, .. } => self.condition(inner),
            Expr::InList { expr, .. } => self.predicate(expr, "in"),
            Expr::InSubquery { expr, subquery, .. } => {
                self.predicate(expr, "in");
                self.subquery(subquery);
            }
            Expr::Exists { subquery, .. } => self.subquery(subquery),
            Expr::Between { expr, .. } => self.predicate(expr, "between"),
            Expr::Like { expr, .. } => self.predicate(expr, "like"),
            Expr::ILike { expr, .. } => self.predicate(expr, "ilike"),
            Expr::IsNull(expr) => self.predicate(expr, "is null"),
            Expr::IsNotNull(expr) => self.predicate(expr, "is not null"),
            // `WHERE "done"` and `WHERE NOT "done"` are how Django compares with a truth value.
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => self.predicate(condition, "="),
            _ => {}
        }
        self.depth -= 1;
    }

    /// The tables and conditions of a query inside a condition; its limit says nothing.
    fn subquery(&mut self, query: &Query) {
        let (has_limit, select) = (self.has_limit, self.select);
        let order_by = std::mem::take(&mut self.order_by);
        self.query(query);
        (self.has_limit, self.select, self.order_by) = (has_limit, select, order_by);
    }

    fn predicate(&mut self, expr: &Expr, operator: &str) {
        self.predicates.extend(self.column(expr).map(|column| (column, Name::new(operator))));
    }

    /// `table.column`, the alias resolved; an unqualified column belongs to the only table.
    fn column(&self, expr: &Expr) -> Option<Name> {
        match expr {
            Expr::Identifier(column) => match self.tables.as_slice() {
                [(_, table)] => Some(Name::new(&format!("{table}.{}", column.value))),
                _ => Some(Name::new(&column.value)),
            },
            Expr::CompoundIdentifier(parts) => {
                let [.., qualifier, column] = parts.as_slice() else { return None };
                Some(self.qualified(&qualifier.value, &column.value))
            }
            // PostgreSQL's `user` is a function; to the other databases it is a name like any, and a common table.
            Expr::CompoundFieldAccess { root, access_chain } => match (root.as_ref(), access_chain.as_slice()) {
                (
                    Expr::Function(Function { name, args: FunctionArguments::None, .. }),
                    [AccessExpr::Dot(Expr::Identifier(column))],
                ) => Some(self.qualified(&name.to_string(), &column.value)),
                _ => None,
            },
            // `UPPER("title"::text)` is how a comparison without case is written.
            Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => self.column(inner),
            Expr::Function(function) if is_case(function) => self.column(only_argument(function)?),
            Expr::Tuple(parts) => match parts.as_slice() {
                [only] => self.column(only),
                _ => None,
            },
            _ => None,
        }
    }

    fn qualified(&self, qualifier: &str, column: &str) -> Name {
        let named = self.tables.iter().find(|(alias, _)| alias == qualifier);
        let derived = || self.derived.iter().find(|(alias, _)| alias == qualifier);
        let Some((_, table)) = named.or_else(derived) else { return Name::new(&format!("{qualifier}.{column}")) };
        // SQLAlchemy's `anon_1.authors_id`: the label has the table's name before the column's.
        let is_label = named.is_none();
        let bare = column.strip_prefix(table.as_str()).and_then(|rest| rest.strip_prefix('_')).filter(|_| is_label);
        Name::new(&format!("{table}.{}", bare.unwrap_or(column)))
    }

    fn selected(&mut self, select: &Select) {
        let first = select.projection.first();
        let only = first.filter(|_| select.projection.len() == 1);
        self.select = Some(match only {
            // `SELECT EXISTS (SELECT … FROM …)`
            Some(
                SelectItem::UnnamedExpr(Expr::Exists { subquery, .. })
                | SelectItem::ExprWithAlias { expr: Expr::Exists { subquery, .. }, .. },
            ) => {
                self.subquery(subquery);
                SelectKind::Exists
            }
            Some(SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }) => self.select_kind(expr),
            _ => SelectKind::All,
        });
    }

    fn select_kind(&self, expr: &Expr) -> SelectKind {
        match expr {
            Expr::Function(function) if function.name.to_string().eq_ignore_ascii_case("count") => SelectKind::Count,
            Expr::Function(_) => SelectKind::Column,
            Expr::Exists { .. } | Expr::Value(_) => SelectKind::Exists,
            _ => match self.column(expr) {
                Some(column) if column.ends_with(".id") => SelectKind::Key,
                Some(_) => SelectKind::Column,
                None => SelectKind::All,
            },
        }
    }
}

fn is_case(function: &Function) -> bool {
    let name = function.name.to_string();
    name.eq_ignore_ascii_case("upper") || name.eq_ignore_ascii_case("lower")
}

fn only_argument(function: &Function) -> Option<&Expr> {
    let FunctionArguments::List(list) = &function.args else { return None };
    match list.args.as_slice() {
        [FunctionArg::Unnamed(FunctionArgExpr::Expr(only))] => Some(only),
        _ => None,
    }
}

fn constraint(operator: &JoinOperator) -> Option<&JoinConstraint> {
    match operator {
        JoinOperator::Join(constraint)
        | JoinOperator::Inner(constraint)
        | JoinOperator::Left(constraint)
        | JoinOperator::LeftOuter(constraint)
        | JoinOperator::Right(constraint)
        | JoinOperator::RightOuter(constraint)
        | JoinOperator::FullOuter(constraint) => Some(constraint),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(text: &str) -> String {
        footprint(text).map_or_else(String::new, |(_, shape)| serde_json::to_string(&shape).unwrap())
    }

    #[test]
    fn a_select_with_a_join() {
        assert_eq!(
            described(
                "SELECT b.id FROM shop_book b JOIN shop_author AS a ON a.id = b.author_id \
                 WHERE a.name = %s AND b.pk IN (%(one)s, %(two)s) ORDER BY b.title LIMIT 10"
            ),
            r#"{"verb":"select","tables":["shop_book","shop_author"],"joins":[["shop_author.id","shop_book.author_id"]],"where":[["shop_author.name","="],["shop_book.pk","in"]],"select":"key","order_by":["shop_book.title"],"limit":true}"#
        );
    }

    #[test]
    fn writes_have_tables_and_predicates() {
        assert_eq!(
            described("UPDATE shop_book SET title = %s WHERE id = %s"),
            r#"{"verb":"update","tables":["shop_book"],"joins":[],"where":[["shop_book.id","="]],"select":null,"order_by":[],"limit":false}"#
        );
        assert!(described("INSERT INTO shop_book (title) VALUES (:title)").contains(r#""tables":["shop_book"]"#));
        assert!(described("DELETE FROM shop_book WHERE title LIKE '%%x%%'").contains(r#"["shop_book.title","like"]"#));
    }

    #[test]
    fn a_table_may_be_called_user() {
        assert!(described("SELECT user.id, user.name FROM user WHERE user.id = ?").contains(r#"["user.id","="]"#));
    }

    #[test]
    fn selections() {
        assert!(described("SELECT COUNT(*) FROM shop_book").contains(r#""select":"count""#));
        assert!(described("SELECT 1 FROM shop_book WHERE id = ?").contains(r#""select":"exists""#));
        assert!(described("SELECT * FROM shop_book").contains(r#""select":"all""#));
    }

    #[test]
    fn queries_inside_a_condition_are_told_apart_from_none() {
        let exists = "SELECT a.id, a.name FROM author a WHERE EXISTS (SELECT 1 FROM book U0 WHERE U0.author_id = a.id AND U0.title = ? LIMIT 1)";
        let told = described(exists);
        assert!(told.contains(r#""tables":["author","book"]"#) && told.contains(r#"["book.title","="]"#), "{told}");
        assert!(told.contains(r#""select":"all""#) && told.contains(r#""limit":false"#), "{told}");
        let alone = described("SELECT EXISTS (SELECT * FROM books WHERE books.author_id = ?) AS anon_1");
        assert!(alone.contains(r#""tables":["books"]"#) && alone.contains(r#""select":"exists""#), "{alone}");
    }

    #[test]
    fn names_of_queries_in_from_are_those_of_their_tables() {
        for column in ["id", "authors_id"] {
            let told = described(&format!(
                "SELECT anon_1.{column}, b.title FROM (SELECT authors.id, authors.name FROM authors WHERE authors.name = ? LIMIT ?) AS anon_1 \
                 LEFT OUTER JOIN books AS b ON anon_1.{column} = b.author_id"
            ));
            assert!(told.contains(r#""joins":[["authors.id","books.author_id"]]"#), "{told}");
        }
    }

    #[test]
    fn what_is_not_understood_has_none() {
        assert_eq!(described("VACUUM FULL shop_book WITH LOVE"), "");
        assert_eq!(described("SELECT 1; SELECT 2"), "");
        assert_eq!(described(&format!("SELECT {}1{}", "(".repeat(5_000), ")".repeat(5_000))), "");
    }

    #[test]
    fn placeholders_are_what_the_database_sees() {
        assert_eq!(with_placeholders("a = %s AND b = %(b)s AND c LIKE '%%d%%'"), "a = ? AND b = ? AND c LIKE '%d%'");
    }
}
