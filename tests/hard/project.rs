//! A project in a temporary folder, and quell run on it with a bound on time and memory.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

/// Seconds; a build for debugging is about five times as slow.
const TIME: u32 = if cfg!(debug_assertions) { 600 } else { 120 };

/// Kibibytes of address space. The stacks of two threads that walk take half a gigabyte of it, which nobody touches.
const MEMORY: u32 = 4 << 20;

/// Models, and a view with one finding that must not be lost.
pub const SHOP: [(&str, &str); 2] = [
    (
        "shop/models.py",
        "from django.db import models\n\n\nclass Author(models.Model):\n    name = models.TextField()\n\n\n\
         class Book(models.Model):\n    author = models.ForeignKey(Author, models.CASCADE)\n",
    ),
    (
        "shop/views.py",
        "from shop.models import Book\n\n\ndef shelf(request):\n    for book in Book.objects.all():\n        \
         print(book.author.name)\n",
    ),
];

/// A project; what is given as its name is written into its folder, which has no other files around it.
pub struct Project {
    folder: TempDir,
}

/// How a run ended.
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Run {
    /// The finding of `SHOP` is there.
    #[track_caller]
    pub fn finds_the_shop(&self) {
        assert!(self.out.contains("[lazy-load-per-row] `book.author`"), "{}\n{}", self.out, self.err);
    }

    /// Something is said, on whichever stream.
    #[track_caller]
    pub fn says(&self, text: &str) {
        assert!(self.out.contains(text) || self.err.contains(text), "{}\n{}", self.out, self.err);
    }
}

impl Project {
    /// The shop, with more files.
    pub fn new(files: &[(&str, &str)]) -> Project {
        let project = Project { folder: TempDir::new().expect("a temporary folder can be made") };
        project.write("pyproject.toml", "[project]\nname = \"shop\"\n");
        SHOP.iter().chain(files).for_each(|(name, text)| project.write(name, text));
        project
    }

    /// The folder around the project's.
    pub fn outside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("project").join(name)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap_or(&path)).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }

    pub fn link(&self, name: &str, target: &str) {
        symlink(target, self.path(name)).expect("a link can be made");
    }

    pub fn pipe(&self, name: &str) {
        let made = Command::new("mkfifo").arg(self.path(name)).status();
        assert!(made.is_ok_and(|status| status.success()), "a pipe can be made");
    }

    /// The command, not yet run: findings one a line.
    pub fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new("sh");
        let script = format!("ulimit -v {MEMORY}; exec timeout -s KILL {TIME} \"$0\" \"$@\"");
        command.arg("-c").arg(script).arg(program).args(arguments);
        command.current_dir(self.path("")).env("RAYON_NUM_THREADS", "2").env_remove("RUST_BACKTRACE");
        command
    }

    /// Checks the project.
    #[track_caller]
    pub fn check(&self, arguments: &[&str]) -> Run {
        let fixed = ["check", ".", "--no-cache", "--format", "concise", "--fail-on", "never"];
        run(self.command(env!("CARGO_BIN_EXE_quell"), &[&fixed, arguments].concat()))
    }

    /// Runs another command of quell.
    #[track_caller]
    pub fn quell(&self, arguments: &[&str]) -> Run {
        run(self.command(env!("CARGO_BIN_EXE_quell"), arguments))
    }
}

/// Runs a command of quell to its end, which must be one of its own.
#[track_caller]
pub fn run(mut command: Command) -> Run {
    let output = command.output().expect("a shell runs");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("what is printed is UTF-8");
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    let code = output.status.code().unwrap_or(-1);
    assert!((0..=2).contains(&code), "quell ended with {code} (137: out of time; 101, 134: it failed)\n{err}");
    assert!(!out.contains("quell failed inside") && !err.contains("quell failed inside"), "a panic was caught: {err}");
    Run { code, out, err }
}
