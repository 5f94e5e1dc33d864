//! Files that are no good Python: never a panic, and an error costs the block it stands in.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use quell::source::{FileId, SourceFile, WalkOptions, walk};
use quell::syntax::ir::{Outline, StmtKind};
use quell::syntax::outline;

fn fixture(name: &str) -> Outline {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/_broken");
    let options = WalkOptions::new(vec![folder.join(name)], folder);
    let walk = walk(&options).expect("the fixture can be walked");
    let entry = walk.files.iter().find(|entry| entry.source.shown == name).expect("the fixture was read");
    outline(&entry.source)
}

fn text(text: String) -> Outline {
    outline(&Arc::new(SourceFile::new(FileId(0), "generated.py".into(), "generated.py".into(), text, true)))
}

/// The names defined at module level, with the members of classes; lowers every body on the way.
fn defined(outline: &Outline) -> Vec<String> {
    let _ = outline.to_string();
    let mut names = Vec::new();
    let mut open: Vec<_> = outline.body.iter().collect();
    while let Some(statement) = open.pop() {
        match &statement.kind {
            StmtKind::Function(function) => names.push(function.qualified.to_string()),
            StmtKind::Class(class) => {
                names.push(class.qualified.to_string());
                open.extend(&class.body);
            }
            _ => {}
        }
    }
    names.sort();
    names
}

#[test]
fn an_unclosed_parenthesis_costs_one_member() {
    let outline = fixture("unclosed_parenthesis.py");
    assert_eq!(defined(&outline), ["Shelf", "Shelf.after", "Shelf.before", "after", "before"]);
    assert_eq!(outline.errors.len(), 2, "{:?}", outline.errors);
}

#[test]
fn a_broken_body_costs_its_function() {
    let outline = fixture("broken_body.py");
    assert_eq!(outline.errors, []);
    let StmtKind::Function(broken) = &outline.body[0].kind else { panic!("a function comes first") };
    assert_eq!(broken.body.lowered().problems.len(), 1);
    let StmtKind::Function(sound) = &outline.body[1].kind else { panic!("a function comes second") };
    assert_eq!((sound.body.statements().len(), sound.body.lowered().problems.len()), (1, 0));
}

#[test]
fn python_2_statements_cost_their_blocks() {
    let outline = fixture("python_2.py");
    assert_eq!(defined(&outline), ["modern", "shout"]);
    assert_eq!(outline.errors.len(), 2, "{:?}", outline.errors);
}

#[test]
fn an_open_triple_quote_leaves_what_comes_before() {
    let outline = fixture("open_triple_quote.py");
    assert!(defined(&outline).contains(&"before".to_string()));
    assert!(!outline.errors.is_empty());
}

#[test]
fn odd_bytes_are_read() {
    for (name, expected) in [
        ("empty.py", vec![]),
        ("only_comments.py", vec![]),
        ("byte_order_mark.py", vec!["greet"]),
        ("carriage_returns.py", vec!["Shelf", "Shelf.books", "greet"]),
        ("latin_1.py", vec!["greet"]),
    ] {
        let outline = fixture(name);
        assert_eq!(defined(&outline), expected, "{name}");
        assert_eq!(outline.errors, [], "{name}");
    }
    assert!(defined(&fixture("nul_bytes.py")).contains(&"after".to_string()));
}

/// Runs on a stack as small as that of a worker thread.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(work);
    thread.expect("a thread starts").join().expect("no overflow");
}

#[test]
fn deep_and_long_code_fits_on_a_small_stack() {
    on_a_small_stack(|| {
        let deep = |open: &str, close: &str| format!("x = {}1{}\n", open.repeat(10_000), close.repeat(10_000));
        let elifs = format!("if a:\n    pass\n{}", "elif b:\n    pass\n".repeat(3_000));
        for code in [
            deep("(", ")"),
            deep("[", "]"),
            deep("f(", ")"),
            deep("not ", ""),
            deep("-", ""),
            deep("lambda: ", ""),
            deep("1 if a else ", ""),
            deep("{1: ", "}"),
            format!("x = {}", "(".repeat(10_000)),
            format!("x = 1{}\n", " + f(a)".repeat(5_000)),
            format!("x = 1{}\n", " ** 2".repeat(5_000)),
            format!("x = a{}\n", " and b".repeat(5_000)),
            format!("x = a{}\n", ".b(1)".repeat(5_000)),
            format!("x = a{}\n", "[0]".repeat(5_000)),
            format!("x: a{}\n", " | b".repeat(2_000)),
            format!("x = [{}]\n", "1, ".repeat(100_000)),
            format!("{}x\n", "a = ".repeat(3_000)),
            elifs,
            (0..300).map(|level| format!("{}if a:\n", " ".repeat(level))).collect::<String>()
                + &" ".repeat(300)
                + "x\n",
            (0..300).map(|level| format!("{}class A:\n", " ".repeat(level))).collect::<String>()
                + &" ".repeat(300)
                + "(\n",
        ] {
            let start = std::time::Instant::now();
            let outline = text(code.clone());
            let _ = outline.to_string();
            let body = format!("def f():\n    {}", code.replace('\n', "\n    "));
            let _ = text(body).to_string();
            let milliseconds = start.elapsed().as_millis();
            assert!(milliseconds < 10_000, "{milliseconds} ms for {}", &code[..30]);
        }
    });
}

#[test]
fn no_prefix_of_a_file_makes_it_panic() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/_broken");
    let whole = std::fs::read_to_string(folder.join("every_construct.py")).expect("the fixture is there");
    for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)).step_by(7) {
        let _ = text(whole[..end].to_string()).to_string();
    }
    let outline = text(whole);
    assert_eq!(outline.errors, []);
    let _ = outline.to_string();
}
