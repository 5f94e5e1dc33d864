//! Type annotations of mapped attributes: `Mapped[list["Book"] | None]`, quoted or not.

use crate::syntax::Name;

/// A type as written: a name with arguments; `|` stands for a union.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Type {
    /// The dotted name, `|`, or empty for what is no type.
    pub name: String,
    /// What stands in brackets, or the members of a union.
    pub arguments: Vec<Type>,
}

/// What an annotation says about the attribute.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Shape {
    /// The mapping wrapper: `Mapped`, `WriteOnlyMapped`, `DynamicMapped`, `Relationship`; `None` for a plain type.
    pub wrapper: Option<Name>,
    /// May be `None`.
    pub optional: bool,
    /// The collection class: `list`, `set`, `dict`.
    pub collection: Option<Name>,
    /// The type of the value, or of the collection's elements.
    pub element: Option<Name>,
}

const WRAPPERS: &[&str] = &["Mapped", "WriteOnlyMapped", "DynamicMapped", "Relationship", "AppenderQuery"];

const COLLECTIONS: &[&str] = &[
    "list",
    "List",
    "set",
    "Set",
    "Sequence",
    "MutableSequence",
    "MutableSet",
    "Collection",
    "Iterable",
    "deque",
    "tuple",
    "Tuple",
    "frozenset",
    "FrozenSet",
    "AbstractSet",
    "InstrumentedList",
    "InstrumentedSet",
    "OrderingList",
];

const DICTIONARIES: &[&str] = &[
    "dict",
    "Dict",
    "Mapping",
    "MutableMapping",
    "MappedCollection",
    "KeyFuncDict",
    "OrderedDict",
    "defaultdict",
    "AttributeKeyedDict",
];

impl Shape {
    /// Reads an annotation's source.
    pub fn of(source: &str) -> Shape {
        let mut shape = Shape::default();
        shape.read(&Type::parse(source));
        shape
    }

    fn read(&mut self, written: &Type) {
        let name = last(&written.name);
        match (name, &written.arguments[..]) {
            ("|" | "Union", members) => self.read_union(members),
            ("Optional", [inner]) => {
                self.optional = true;
                self.read(inner);
            }
            ("Annotated" | "Final" | "Required" | "ForwardRef", [inner, ..]) => self.read(inner),
            (wrapper, [inner]) if WRAPPERS.contains(&wrapper) => {
                self.wrapper = Some(Name::new(wrapper));
                self.read(inner);
            }
            (dictionary, [.., element]) if DICTIONARIES.contains(&dictionary) => self.collect(dictionary, element),
            (collection, [element, ..]) if COLLECTIONS.contains(&collection) => self.collect(collection, element),
            ("None" | "NoneType", []) => self.optional = true,
            _ if written.name.is_empty() => {}
            _ => self.element = Some(Name::new(&written.name)),
        }
    }

    fn read_union(&mut self, members: &[Type]) {
        let is_none = |member: &&Type| member.name == "None" || member.name == "NoneType";
        self.optional |= members.iter().any(|member| is_none(&member));
        if let Some(first) = members.iter().find(|member| !is_none(member)) {
            self.read(first);
        }
    }

    fn collect(&mut self, collection: &str, element: &Type) {
        let optional = self.optional;
        self.read(element);
        self.optional = optional;
        self.collection = Some(Name::new(collection));
    }
}

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

impl Type {
    /// Reads a type; what is no type becomes an empty name.
    pub fn parse(source: &str) -> Type {
        Reader { rest: source.trim(), depth: 0 }.union()
    }
}

/// A recursive descent over the source; quotes are looked through.
struct Reader<'a> {
    rest: &'a str,
    depth: u32,
}

/// How deep brackets may nest.
const MAX_DEPTH: u32 = 20;

impl Reader<'_> {
    fn union(&mut self) -> Type {
        let mut members = vec![self.atom()];
        while self.takes('|') {
            members.push(self.atom());
        }
        if members.len() == 1 { members.remove(0) } else { Type { name: "|".to_owned(), arguments: members } }
    }

    fn atom(&mut self) -> Type {
        self.skip();
        let end = self.rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).unwrap_or(self.rest.len());
        let name = self.rest[..end].to_owned();
        self.rest = &self.rest[end..];
        let mut arguments = Vec::new();
        if self.takes('[') && self.depth < MAX_DEPTH {
            self.depth += 1;
            arguments = self.arguments();
            self.depth -= 1;
        } else if self.takes('(') {
            // A call in `Annotated[int, mapped_column()]` is no type.
            self.skip_call();
            return Type { name: String::new(), arguments };
        }
        Type { name, arguments }
    }

    fn arguments(&mut self) -> Vec<Type> {
        let mut arguments = Vec::new();
        while !self.takes(']') {
            let before = self.rest.len();
            arguments.push(self.union());
            self.takes(',');
            if self.rest.is_empty() {
                break;
            }
            if self.rest.len() == before {
                self.rest = self.rest.get(1..).unwrap_or_default();
            }
        }
        arguments
    }

    fn skip_call(&mut self) {
        let mut open = 1;
        let mut end = self.rest.len();
        for (position, character) in self.rest.char_indices() {
            open += i32::from(character == '(') - i32::from(character == ')');
            if open == 0 {
                end = position + 1;
                break;
            }
        }
        self.rest = &self.rest[end..];
    }

    fn skip(&mut self) {
        self.rest = self.rest.trim_start_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'' || c == '\\');
    }

    fn takes(&mut self, wanted: char) -> bool {
        self.skip();
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Shape;

    fn shape(source: &str) -> String {
        let shape = Shape::of(source);
        let text = |name: Option<crate::syntax::Name>| name.map_or("-", |name| name.as_str());
        let optional = if shape.optional { "?" } else { "" };
        format!("{} {} {}{optional}", text(shape.wrapper), text(shape.collection), text(shape.element))
    }

    #[test]
    fn annotations_are_read_quoted_or_not() {
        assert_eq!(shape("Mapped[int]"), "Mapped - int");
        assert_eq!(shape("Mapped[Optional[\"Book\"]]"), "Mapped - Book?");
        assert_eq!(shape("Mapped['shop.Book | None']"), "Mapped - shop.Book?");
        assert_eq!(shape("\"Mapped[list[Book]]\""), "Mapped list Book");
        assert_eq!(shape("orm.Mapped[typing.Dict[str, 'Book']]"), "Mapped Dict Book");
        assert_eq!(shape("WriteOnlyMapped[Book]"), "WriteOnlyMapped - Book");
        assert_eq!(shape("Mapped[Annotated[int, mapped_column(primary_key=True)]]"), "Mapped - int");
        assert_eq!(shape("Union[None, Book]"), "- - Book?");
        assert_eq!(shape("[[[(,"), "- - -");
    }
}
