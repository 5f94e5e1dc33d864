//! tree-sitter's Python grammar as an enum: node kinds and fields as small integers, one parser a thread.
//!
//! A node's kind as text costs a string comparison at every node; the tables here are filled once per process.

use std::cell::RefCell;
use std::sync::OnceLock;

use tree_sitter::{Language, Node, Parser, Tree};

macro_rules! kinds {
    (named { $($named:ident = $named_text:literal),* $(,)? } tokens { $($token:ident = $token_text:literal),* $(,)? }) => {
        /// What a node is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Kind {
            $($named,)*
            $($token,)*
            /// Every other token.
            Token,
            /// Every other named node.
            Other,
        }

        const NAMED: &[(&str, Kind)] = &[$(($named_text, Kind::$named)),*];
        const TOKENS: &[(&str, Kind)] = &[$(($token_text, Kind::$token)),*];
    };
}

kinds! {
    named {
        AliasedImport = "aliased_import", ArgumentList = "argument_list", AsPattern = "as_pattern",
        AsPatternTarget = "as_pattern_target", Assert = "assert_statement", Assignment = "assignment",
        Attribute = "attribute", Augmented = "augmented_assignment", Await = "await", Binary = "binary_operator",
        Block = "block", Boolean = "boolean_operator", Break = "break_statement", Call = "call",
        CaseClause = "case_clause", CasePattern = "case_pattern", Class = "class_definition",
        ClassPattern = "class_pattern", Comment = "comment", Comparison = "comparison_operator",
        Concatenated = "concatenated_string", Conditional = "conditional_expression",
        ConstrainedType = "constrained_type", Continue = "continue_statement", Decorated = "decorated_definition",
        Decorator = "decorator", DefaultParameter = "default_parameter", Delete = "delete_statement",
        DictPattern = "dict_pattern", Dictionary = "dictionary", DictionaryComprehension = "dictionary_comprehension",
        DictionarySplat = "dictionary_splat", DictionarySplatPattern = "dictionary_splat_pattern",
        DottedName = "dotted_name", Elif = "elif_clause", Ellipsis = "ellipsis", Else = "else_clause",
        EscapeSequence = "escape_sequence", EscapeInterpolation = "escape_interpolation", Except = "except_clause",
        Exec = "exec_statement", ExpressionList = "expression_list", ExpressionStatement = "expression_statement",
        False = "false", Finally = "finally_clause", Float = "float", For = "for_statement", ForIn = "for_in_clause",
        FormatExpression = "format_expression", FormatSpecifier = "format_specifier", Function = "function_definition",
        FutureImport = "future_import_statement", Generator = "generator_expression", GenericType = "generic_type",
        Global = "global_statement", Identifier = "identifier", If = "if_statement", IfClause = "if_clause",
        Import = "import_statement", ImportFrom = "import_from_statement", ImportPrefix = "import_prefix",
        Integer = "integer", Interpolation = "interpolation", KeywordArgument = "keyword_argument",
        KeywordPattern = "keyword_pattern", KeywordSeparator = "keyword_separator", Lambda = "lambda",
        LambdaParameters = "lambda_parameters", LineContinuation = "line_continuation", List = "list",
        ListComprehension = "list_comprehension", ListPattern = "list_pattern", ListSplat = "list_splat",
        ListSplatPattern = "list_splat_pattern", Match = "match_statement", MemberType = "member_type",
        NamedExpression = "named_expression", None = "none", Nonlocal = "nonlocal_statement", Not = "not_operator",
        Pair = "pair", Parameters = "parameters", Parenthesized = "parenthesized_expression",
        ParenthesizedSplat = "parenthesized_list_splat", Pass = "pass_statement", PatternList = "pattern_list",
        PositionalSeparator = "positional_separator", Print = "print_statement", Raise = "raise_statement",
        RelativeImport = "relative_import", Return = "return_statement", Set = "set",
        SetComprehension = "set_comprehension", Slice = "slice", SplatPattern = "splat_pattern",
        SplatType = "splat_type", String = "string", StringContent = "string_content", StringStart = "string_start",
        Subscript = "subscript", True = "true", Try = "try_statement", Tuple = "tuple", TuplePattern = "tuple_pattern",
        Type = "type", TypeAlias = "type_alias_statement", TypeConversion = "type_conversion",
        TypeParameter = "type_parameter", TypedDefaultParameter = "typed_default_parameter",
        TypedParameter = "typed_parameter", Unary = "unary_operator", UnionPattern = "union_pattern",
        UnionType = "union_type", While = "while_statement", WildcardImport = "wildcard_import", With = "with_statement",
        WithClause = "with_clause", WithItem = "with_item", Yield = "yield",
    }
    tokens {
        Async = "async", From = "from", Comma = ",", Colon = ":", Underscore = "_", AndWord = "and", Plus = "+",
        Minus = "-", Star = "*", StarStar = "**", Slash = "/", SlashSlash = "//", Percent = "%", At = "@",
        ShiftLeft = "<<", ShiftRight = ">>", Ampersand = "&", Bar = "|", Caret = "^", Tilde = "~", Less = "<",
        LessEqual = "<=", EqualEqual = "==", NotEqual = "!=", Diamond = "<>", GreaterEqual = ">=", Greater = ">",
        In = "in", NotIn = "not in", Is = "is", IsNot = "is not",
        AddAssign = "+=", SubtractAssign = "-=", MultiplyAssign = "*=", DivideAssign = "/=", MatrixAssign = "@=",
        FloorAssign = "//=", ModuloAssign = "%=", PowerAssign = "**=", RightAssign = ">>=", LeftAssign = "<<=",
        AndAssign = "&=", XorAssign = "^=", OrAssign = "|=",
    }
}

macro_rules! fields {
    ($($field:ident = $text:literal),* $(,)?) => {
        /// A named slot of a node.
        #[derive(Clone, Copy, Debug)]
        pub(super) enum Field {
            $($field,)*
        }

        const FIELDS: &[&str] = &[$($text),*];
    };
}

fields! {
    Alias = "alias", Argument = "argument", Arguments = "arguments",
    Attribute = "attribute", Body = "body", Cause = "cause", Condition = "condition", Consequence = "consequence",
    Definition = "definition", Expression = "expression", FormatSpecifier = "format_specifier", Function = "function",
    Guard = "guard", Key = "key", Left = "left", ModuleName = "module_name", Name = "name", Object = "object",
    Operator = "operator", Parameters = "parameters", ReturnType = "return_type", Right = "right",
    Subscript = "subscript", Superclasses = "superclasses", Type = "type",
    TypeConversion = "type_conversion", Value = "value",
}

/// The tables from tree-sitter's ids to the enums.
struct Grammar {
    language: Language,
    kinds: Vec<Kind>,
    fields: Vec<u16>,
}

fn grammar() -> &'static Grammar {
    static GRAMMAR: OnceLock<Grammar> = OnceLock::new();
    GRAMMAR.get_or_init(|| {
        let language = Language::from(tree_sitter_python::LANGUAGE);
        let kinds = (0..language.node_kind_count()).map(|id| kind_for_id(&language, id as u16)).collect();
        let fields = FIELDS.iter().map(|name| language.field_id_for_name(name).map_or(0, u16::from)).collect();
        Grammar { language, kinds, fields }
    })
}

fn kind_for_id(language: &Language, id: u16) -> Kind {
    let text = language.node_kind_for_id(id).unwrap_or_default();
    let (table, otherwise) = if language.node_kind_is_named(id) { (NAMED, Kind::Other) } else { (TOKENS, Kind::Token) };
    table.iter().find(|(name, _)| *name == text).map_or(otherwise, |(_, kind)| *kind)
}

/// What a node is; `ERROR` nodes are `Other`.
pub(super) fn kind(node: Node) -> Kind {
    grammar().kinds.get(usize::from(node.kind_id())).copied().unwrap_or(Kind::Other)
}

/// The child in a named slot.
pub(super) fn field<'t>(node: Node<'t>, field: Field) -> Option<Node<'t>> {
    node.child_by_field_id(grammar().fields[field as usize])
}

/// The id tree-sitter gives a named slot.
pub(super) fn field_id(field: Field) -> u16 {
    grammar().fields[field as usize]
}

/// All children but comments and line continuations.
pub(super) fn children<'t>(node: Node<'t>) -> Vec<Node<'t>> {
    let mut cursor = node.walk();
    node.children(&mut cursor).filter(|child| !is_extra(*child)).collect()
}

/// The named children but comments and line continuations.
pub(super) fn named_children<'t>(node: Node<'t>) -> Vec<Node<'t>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| !is_extra(*child)).collect()
}

fn is_extra(node: Node) -> bool {
    matches!(kind(node), Kind::Comment | Kind::LineContinuation)
}

/// The first child of this kind.
pub(super) fn child_of_kind<'t>(node: Node<'t>, wanted: Kind) -> Option<Node<'t>> {
    let mut cursor = node.walk();
    node.children(&mut cursor).find(|child| kind(*child) == wanted)
}

thread_local! {
    static PARSER: RefCell<Option<Parser>> = const { RefCell::new(None) };
}

/// Bytes that are parsed in one go: a tree may take a hundred times the memory of its text.
pub(super) const LARGEST: usize = 8 << 20;

/// Parses a text; `None` only when it is too long, or the grammar does not fit the linked tree-sitter.
pub(super) fn parse(text: &str) -> Option<Tree> {
    if text.len() > LARGEST {
        return None;
    }
    PARSER.with_borrow_mut(|slot| {
        if slot.is_none() {
            let mut parser = Parser::new();
            parser.set_language(&grammar().language).ok()?;
            *slot = Some(parser);
        }
        slot.as_mut()?.parse(text, None)
    })
}

/// The first `ERROR` or missing node of a tree, in the order of the text.
pub(super) fn first_error<'t>(root: Node<'t>) -> Option<Node<'t>> {
    let mut node = root;
    let mut cursor = root.walk();
    while node.has_error() {
        if node.is_error() || node.is_missing() {
            return Some(node);
        }
        node = node.children(&mut cursor).find(|child| child.has_error() || child.is_missing())?;
    }
    node.is_missing().then_some(node)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_the_tables_exists_in_the_grammar() {
        let grammar = grammar();
        for (name, kind) in NAMED.iter().chain(TOKENS) {
            assert!(grammar.kinds.contains(kind), "{name} is no node kind");
        }
        for (name, id) in FIELDS.iter().zip(&grammar.fields) {
            assert!(*id != 0, "{name} is no field");
        }
    }
}
