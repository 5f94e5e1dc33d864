//! Code, templates, configuration and data that are nested or chained a hundred thousand times.

use super::project::Project;

const DEEP: usize = 100_000;

/// Files may be as large as these are.
const LARGE: [&str; 2] = ["--max-file-size", "20000000"];

fn around(open: &str, close: &str) -> String {
    format!("x = {}1{}\n", open.repeat(DEEP), close.repeat(DEEP))
}

fn chain(first: &str, link: &str) -> String {
    format!("x = {first}{}\n", link.repeat(DEEP))
}

/// The code at the top of a module, and in a loop over rows.
fn check(code: &[String]) {
    let project = Project::new(&[]);
    for (number, code) in code.iter().enumerate() {
        let body = code.trim_end().replace('\n', "\n        ");
        let text =
            format!("from shop.models import Book\n\ndef f(a, b):\n    for z in Book.objects.all():\n        {body}\n");
        project.write(&format!("shop/top_{number}.py"), code);
        project.write(&format!("shop/body_{number}.py"), text);
    }
    project.check(&LARGE).finds_the_shop();
}

#[test]
fn parentheses_and_brackets() {
    check(&[around("(", ")"), around("[", "]"), around("{1: ", "}"), around("f(", ")"), around("a[", "]")]);
    check(&[around("(", ""), around("[", ""), around("f\"{", ""), around("(a := ", ")")]);
}

#[test]
fn attributes_calls_and_subscripts_in_a_row() {
    check(&[chain("a", ".b"), chain("a", ".b(1)"), chain("a", "[0]"), chain("Book.objects", ".filter(pk=1)")]);
}

#[test]
fn operators() {
    check(&[
        chain("1", " + 1"),
        chain("a", " and b"),
        chain("1", " ** 2"),
        chain("1", " < 2"),
        chain("\"a\"", " \"b\""),
    ]);
    check(&[
        around("not ", ""),
        around("-", ""),
        around("lambda: ", ""),
        around("1 if a else ", ""),
        around("await ", ""),
    ]);
}

#[test]
fn chains_within_calls_within_chains() {
    // Each level alone is within the bounds of its kind.
    let link = ".b".repeat(180);
    check(&[format!("x = {}1{}\n", "a(".repeat(180), format!("){link}").repeat(180))]);
}

#[test]
fn branches() {
    check(&[format!("if a:\n    pass\n{}", "elif b:\n    pass\n".repeat(DEEP))]);
    check(&[
        format!("try:\n    pass\n{}", "except A:\n    pass\n".repeat(DEEP / 10)),
        format!("match a:\n{}", "    case 1: pass\n".repeat(DEEP / 10)),
        format!("match a:\n    case {}{}: pass\n", "[".repeat(DEEP), "]".repeat(DEEP)),
        format!("x = [a{}]\n", " for a in b".repeat(DEEP / 5)),
    ]);
    // Each level is indented further: the text grows with the square of the depth.
    let deep = |opening: &str| (0..500).map(|level| format!("{}{opening}\n", " ".repeat(level))).collect::<String>();
    let end = format!("{}x = 1\n", " ".repeat(500));
    check(&[deep("if a:") + &end, deep("class A:") + &end, deep("def f():") + &end]);
}

#[test]
fn blocks_and_expressions_of_templates() {
    let pieces = [
        ("{% if a %}", ""),
        ("{% for x in a %}", ""),
        ("{% block a %}", ""),
        ("{% with b=a %}", ""),
        ("{% if a %}", "{% endif %}"),
        ("{{ ", ""),
        ("{% ", ""),
        ("{# ", ""),
        ("{% comment %}", ""),
        ("{% raw %}", ""),
        ("{% if a %}{% elif a %}", ""),
    ];
    let links = [
        "a.f",
        ".f",
        "|first",
        "()",
        "[0]",
        " + 1",
        " ** 1",
        " if 1",
        " if 1 else 1",
        " is a",
        " and a",
        "(",
        "-",
        "not ",
    ];
    let view = |name: &str| {
        format!("def v{name}(request):\n    return render(request, \"{name}.html\", {{\"a\": Book.objects.all()}})\n")
    };
    let project = Project::new(&[]);
    let mut views = "from django.shortcuts import render\nfrom shop.models import Book\n".to_owned();
    let mut add = |name: String, text: String| {
        views += &view(&name);
        views += &view(&format!("j{name}"));
        project.write(&format!("shop/templates/{name}.html"), &text);
        project.write(&format!("shop/jinja2/j{name}.html"), &text);
    };
    for (number, (open, close)) in pieces.iter().enumerate() {
        add(format!("p{number}"), open.repeat(DEEP) + &close.repeat(DEEP));
    }
    for (number, link) in links.iter().enumerate() {
        let chain = link.repeat(DEEP);
        add(format!("o{number}"), format!("{{{{ a{chain} }}}}{{{{ {chain}a }}}}"));
        add(format!("t{number}"), format!("{{% if a{chain} %}}{{% endif %}}{{% for {chain}x in a{chain} %}}"));
    }
    project.write("shop/pages.py", views);
    project.check(&LARGE).finds_the_shop();
}

#[test]
fn tables_and_lists_of_a_configuration() {
    for text in [
        format!("x = {}{}", "[".repeat(DEEP), "]".repeat(DEEP)),
        format!("x = {}1{}", "{a=".repeat(DEEP), "}".repeat(DEEP)),
        format!("a{} = 1", ".a".repeat(DEEP)),
        format!("[{}b]", "a.".repeat(DEEP)),
    ] {
        let project = Project::new(&[("quell.toml", &text)]);
        assert_eq!(project.check(&[]).code, 2);
        let project = Project::new(&[("pyproject.toml", &format!("[tool.quell]\n{text}\n"))]);
        project.check(&[]);
    }
}

#[test]
fn mistakes_of_a_configuration() {
    let text = (0..20_000).map(|number| format!("a{number} = 1\n")).collect::<String>();
    let run = Project::new(&[("quell.toml", &text)]).check(&[]);
    assert_eq!(run.code, 2);
    run.says("and 19950 more");
}

#[test]
fn lists_and_objects_of_json() {
    for text in ["[".repeat(DEEP), "{\"a\":".repeat(DEEP), format!("{{\"version\":1,\"findings\":{}", "[".repeat(DEEP))]
    {
        let project = Project::new(&[("quell-baseline.json", &text)]);
        assert_eq!(project.check(&[]).code, 2);
        let project = Project::new(&[("Pipfile.lock", &text), ("profile.json", &text)]);
        project.check(&[]).finds_the_shop();
        assert_eq!(project.check(&["--profile", "profile.json"]).code, 2);
    }
}

#[test]
fn the_pattern_of_a_rule() {
    let page = include_str!("../../queries/loading/lazy-load-per-row.md");
    for text in [
        "(".repeat(DEEP),
        format!("{}_{}", "(".repeat(DEEP), ")".repeat(DEEP)),
        format!("{}(_){}", "[".repeat(DEEP), "]".repeat(DEEP)),
        format!("((_) @site {})", "(#eq? @site \"a\")".repeat(DEEP)),
        format!("((_) @site{})", " (_)".repeat(20_000)),
        format!("(_){} @site", "*".repeat(DEEP)),
        "(call function: ".repeat(DEEP),
    ] {
        let project = Project::new(&[("rules/deep.scm", &text), ("rules/deep.md", page)]);
        assert_eq!(project.check(&["--rules", "rules"]).code, 2);
    }
}

#[test]
fn raw_sql() {
    let texts = [
        format!("SELECT a FROM b WHERE a=1{}", " OR a=1".repeat(2_000)),
        format!("SELECT {}", "(".repeat(15_000)),
        format!("SELECT 1{}", "+1".repeat(7_000)),
        format!("SELECT {}1", "NOT ".repeat(4_000)),
        format!("SELECT 1{}", "::int".repeat(3_000)),
        format!("SELECT a{}", ".a".repeat(7_000)),
        format!("SELECT 1{}", " UNION SELECT 1".repeat(1_000)),
        format!("SELECT 1::{}", "ARRAY<".repeat(2_500)),
        "BEGIN ".repeat(2_500),
        "/*".repeat(8_000),
    ];
    let functions = texts.iter().enumerate().map(|(number, text)| {
        format!("def f{number}():\n    for x in Book.objects.raw(\"{text}\"):\n        print(x.author)\n")
    });
    let text = format!("from shop.models import Book\n{}", functions.collect::<String>());
    Project::new(&[("shop/raw.py", &text)]).check(&[]).finds_the_shop();
}
