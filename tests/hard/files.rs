//! What a folder may hold besides plain files, and plain files with odd bytes.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;

use super::project::{Project, run};

#[test]
fn links_in_circles_and_out_of_the_tree() {
    let project = Project::new(&[("rules/own.txt", ""), ("stubs/a.pyi", "class A: ...\n")]);
    fs::create_dir(project.outside("other")).expect("a folder can be made");
    fs::write(
        project.outside("other/secret.py"),
        "from shop.models import Book\ndef out():\n    for b in Book.objects.all(): b.author.name\n",
    )
    .expect("it can be written");
    project.link("shop/up", "..");
    project.link("shop/self", "self");
    project.link("shop/other", "../../other");
    project.link("shop/other.py", "../../other/secret.py");
    project.link("shop/nowhere.py", "nowhere.py");
    project.link("stubs/up", "..");
    project.link("stubs/secret.py", "../../other/secret.py");
    project.link("rules/up", "..");
    project.write("quell.toml", "stubs = [\"stubs\"]\n");
    let found = project.check(&[]);
    found.finds_the_shop();
    assert!(!found.out.contains("secret") && !found.out.contains("other"), "{}", found.out);
    assert_eq!(project.check(&["--rules", "rules"]).code, 2);
    assert_eq!(project.quell(&["rules", "test", "rules"]).code, 2);
}

#[test]
fn pipes_and_devices() {
    let project = Project::new(&[]);
    for name in [
        "shop/pipe.py",
        "shop/templates/pipe.html",
        "quell.toml",
        "quell-baseline.json",
        "poetry.lock",
        "Pipfile.lock",
        "requirements.txt",
        "stubs/pipe.py",
        "own/pipe.scm",
        "sub/.gitignore",
        "sub/deep/.quellignore",
    ] {
        project.write(name, "");
        fs::remove_file(project.path(name)).expect("it was just made");
        project.pipe(name);
    }
    let run = project.check(&[]);
    assert_eq!(run.code, 2, "the baseline can't be read");
    fs::remove_file(project.path("quell-baseline.json")).expect("it is there");
    let run = project.check(&[]);
    run.finds_the_shop();
    run.says("shop/pipe.py: left out: not a regular file");
    run.says("sub: left out: its `.gitignore` is not a regular file");
    project.link("shop/zero.py", "/dev/zero");
    project.link("sub/deep/.ignore", "/dev/zero");
    project.link("setup.cfg", "/dev/zero");
    fs::remove_file(project.path("pyproject.toml")).expect("it is there");
    project.link("pyproject.toml", "/dev/zero");
    for name in ["quell.toml", "poetry.lock", "requirements.txt"] {
        fs::remove_file(project.path(name)).expect("it is there");
        project.link(name, "/dev/zero");
    }
    project.check(&[]).finds_the_shop();
    assert_eq!(project.check(&["--config", "quell.toml"]).code, 2);
    assert_eq!(project.check(&["--rules", "own"]).code, 2);
    project.link(".gitignore", "/dev/zero");
    assert_eq!(project.check(&[]).code, 2);
}

#[test]
fn files_without_end() {
    let project = Project::new(&[]);
    for name in ["poetry.lock", "quell.toml", "shop/hole.py", "sub/.gitignore", "Pipfile.lock"] {
        project.write(name, "");
        let file = fs::File::options().write(true).open(project.path(name)).expect("it is there");
        file.set_len(1 << 40).expect("a file may have holes");
    }
    project.check(&[]).finds_the_shop();
}

#[test]
fn folders_and_files_that_may_not_be_read() {
    let project = Project::new(&[("shut/inner.py", "x = 1\n"), ("shop/shut.py", "x = 1\n")]);
    let allow = |name: &str, mode: u32| {
        fs::set_permissions(project.path(name), fs::Permissions::from_mode(mode)).expect("it is ours");
    };
    fs::set_permissions(project.outside("."), fs::Permissions::from_mode(0o755)).expect("it is ours");
    allow("shut", 0);
    allow("shop/shut.py", 0);
    // The program and the folders above it may be closed to others.
    let program = project.outside("quell");
    fs::copy(env!("CARGO_BIN_EXE_quell"), &program).expect("it can be copied");
    let arguments = ["check", ".", "--no-cache", "--format", "concise", "--fail-on", "never"];
    let mut command = project.command(&program.to_string_lossy(), &arguments);
    // To root nothing is shut: such tests are run as nobody.
    if fs::read_dir(project.path("shut")).is_ok() {
        command.uid(65534).gid(65534);
    }
    let found = run(command);
    allow("shut", 0o755);
    found.finds_the_shop();
    found.says("shut: left out: Permission denied");
    found.says("shop/shut.py: left out: Permission denied");
}

#[test]
fn names_that_are_no_utf_8() {
    let project = Project::new(&[]);
    let text =
        "from shop.models import Book\n\ndef odd():\n    for b in Book.objects.all():\n        print(b.author.name)\n";
    for name in
        [&b"shop/\xff\xfe.py"[..], b"\xe9t\xe9/a.py", b"shop/templates/\xc3.html", b"rules/\xff.scm", b"stubs/\xff.py"]
    {
        let path = project.path("").join(OsStr::from_bytes(name));
        fs::create_dir_all(path.parent().unwrap_or(&path)).expect("a folder can be made");
        fs::write(path, text).expect("it can be written");
    }
    project.write("quell.toml", "stubs = [\"stubs\"]\n");
    let found = project.check(&[]);
    found.finds_the_shop();
    found.says("shop/\u{fffd}\u{fffd}.py:5:15");
    for format in ["text", "json", "sarif", "github", "gitlab", "junit"] {
        project.check(&["--format", format]);
    }
    assert_eq!(project.check(&["--rules", "rules"]).code, 2);
}

#[test]
fn carriage_returns_form_feeds_and_zeros() {
    let (_, view) = super::project::SHOP[1];
    let project = Project::new(&[
        ("shop/crlf.py", &view.replace('\n', "\r\n")),
        ("shop/cr.py", &view.replace('\n', "\r")),
        ("shop/feed.py", &view.replace("\n\n", "\n\x0c\n")),
        ("shop/tabs.py", &view.replace("    ", "\t")),
    ]);
    let found = project.check(&[]);
    for name in ["crlf", "cr", "feed", "tabs"] {
        found.says(&format!("shop/{name}.py:6:"));
    }
    project.write("shop/zeros.py", vec![0; 100_000]);
    project.write("shop/zero.py", view.replace("book.author", "book.\0author"));
    project.write(
        "shop/noise.py",
        (0..100_000u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect::<Vec<u8>>(),
    );
    project.write("shop/templates/zero.html", "{{ a\0b }}{% if \0 %}\u{feff}");
    project.check(&[]).finds_the_shop();
}
