//! The cache never decides what is found: whatever is edited, and whatever lies in its folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A copy of the sample shop.
struct Shop {
    folder: TempDir,
}

impl Shop {
    fn new() -> Shop {
        let folder = TempDir::new().expect("a temporary folder can be made");
        copy(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/shop"), &folder.path().join("shop"));
        fs::write(folder.path().join("pyproject.toml"), "[project]\nname = \"shop\"\n").expect("it can be written");
        Shop { folder }
    }

    fn cache(&self) -> PathBuf {
        self.folder.path().join(".quell_cache")
    }

    /// The only file of the cache.
    fn cache_file(&self) -> PathBuf {
        let entries = fs::read_dir(self.cache()).expect("there is a cache");
        let mut files = entries.map(|entry| entry.expect("it can be read").path());
        files.find(|path| path.extension().is_none() && !path.ends_with(".gitignore")).expect("it has a file")
    }

    fn command(&self, path: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quell"));
        command.args(["check", path, "--format", "json", "--fail-on", "never"]).args(arguments);
        command.current_dir(self.folder.path()).stdout(Stdio::piped());
        command
    }

    fn run(&self, arguments: &[&str]) -> Value {
        self.run_on(".", arguments)
    }

    fn run_on(&self, path: &str, arguments: &[&str]) -> Value {
        read(&self.command(path, arguments).output().expect("quell runs"))
    }

    /// Replaces text in a file of the shop.
    fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.folder.path().join("shop").join(file);
        let text = fs::read_to_string(&path).expect("the file is there");
        assert!(text.contains(from), "{file} does not say {from}");
        fs::write(&path, text.replacen(from, to, 1)).expect("it can be written");
    }
}

fn read(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("it is JSON")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("it can be copied");
        }
    }
}

/// Two reports are the same; they are too long to be printed.
#[track_caller]
fn assert_same(one: &Value, other: &Value, what: &str) {
    for part in ["findings", "notes", "summary"] {
        assert!(one[part] == other[part], "the {part} differ: {what}");
    }
}

fn notes(report: &Value) -> String {
    report["notes"].to_string()
}

#[test]
fn what_is_taken_over_is_what_would_be_found() {
    let shop = Shop::new();
    let edits: &[(&str, &str, &str)] = &[
        // Lines move.
        ("catalog/views.py", "    tree = []\n", "    # From the top down.\n\n    tree = []\n"),
        // A helper in another file reads more.
        ("catalog/models.py", "f\"{self.supplier.name} (", "f\"{self.category.name} {self.supplier.name} ("),
        // A query loads less, and more again.
        ("catalog/models.py", "select_related(\"category\", \"supplier\")", "select_related(\"category\")"),
        ("catalog/models.py", "select_related(\"category\")", "select_related(\"supplier\")"),
        // What stands outside of functions.
        (
            "catalog/models.py",
            "discontinued = models",
            "colour = models.CharField(max_length=9)\n    discontinued = models",
        ),
        ("catalog/models.py", "related_name=\"children\"", "related_name=\"parts\""),
        // A body that does not parse, and one that does again.
        ("orders/views.py", "    rows = []\n", "    rows = [\n"),
        ("orders/views.py", "    rows = [\n", "    rows = []\n"),
        // An attribute put on the request.
        ("orders/views.py", "    rows = []\n", "    request.order = Order.objects.first()\n    rows = []\n"),
    ];
    assert_same(&shop.run(&[]), &shop.run(&["--no-cache"]), "before any edit");
    for (file, from, to) in edits {
        shop.edit(file, from, to);
        assert_same(&shop.run(&[]), &shop.run(&["--no-cache"]), &format!("{file} has {to:?}"));
    }
}

#[test]
fn what_stands_outside_of_functions_may_be_edited_too() {
    let shop = Shop::new();
    let edits: &[(&str, &str, &str)] = &[
        // Comments and blanks: code moves, and lines are silenced.
        ("catalog/models.py", "class Supplier", "# Who sells.\n\n\nclass Supplier"),
        ("catalog/models.py", "[\"name\"]\n", "[  # As people say it.\n            \"name\"\n        ]  # So.\n"),
        ("orders/views.py", "from . import services\n", "# quell: ignore-file[n-plus-one]\nfrom . import services\n"),
        ("orders/views.py", "# quell: ignore-file[n-plus-one]\n", ""),
        // Imports: one more, one less, another thing under a name, and what a function finds by name.
        ("catalog/views.py", "from .cards import card\n", "import json\nfrom .cards import card\n"),
        ("catalog/views.py", "from .cards import card\n", ""),
        ("catalog/views.py", "import json\n", "from .cards import card\n"),
        (
            "catalog/views.py",
            "from .models import Category, Product",
            "from .models import Product as Category, Product",
        ),
        (
            "catalog/views.py",
            "from .models import Product as Category, Product",
            "from .models import Category, Product",
        ),
        // Functions and classes before others, so that all numbers move.
        ("catalog/cards.py", "def card(", "def star(product):\n    return product.supplier.name\n\n\ndef card("),
        (
            "catalog/models.py",
            "class Tag(",
            "class Named:\n    def label(self):\n        return self.name\n\n\nclass Tag(",
        ),
        ("catalog/models.py", "class Tag(models.Model)", "class Tag(Named, models.Model)"),
        ("catalog/models.py", "class Named:", "class Named(models.Model):\n    class Meta:\n        abstract = True\n"),
        // A helper that calls another function of its module, which is given another meaning.
        ("catalog/cards.py", "[tag.name for tag in product.tags.all()]", "star(product)"),
        (
            "catalog/cards.py",
            "def star(product):\n    return product.supplier.name\n",
            "def star(product):\n    return 1\n",
        ),
        ("catalog/cards.py", "def star(product):\n    return 1\n", "star = len\n"),
        // Headers: a decorator, a default.
        ("catalog/models.py", "    def rating(self)", "    @property\n    def rating(self)"),
        (
            "orders/views.py",
            "def history(request, customer_id)",
            "def history(request, customer_id=Order.objects.first())",
        ),
        // A constant that a function reads.
        (
            "orders/services.py",
            "\n\n@transaction.atomic",
            "\nOPEN = Order.objects.filter(shipped=False)\n\n\n@transaction.atomic",
        ),
        (
            "orders/services.py",
            "in Order.objects.filter(shipped=False).select_related(\"customer__address\")",
            "in OPEN",
        ),
        ("orders/services.py", "OPEN = Order.objects", "OPEN = Order.objects.select_related(\"customer\")"),
        // A receiver of a signal, and a subclass that overrides.
        (
            "orders/services.py",
            "\n\n@transaction.atomic",
            "\nfrom django.db.models.signals import post_save\nfrom django.dispatch import receiver\n\n\n@receiver(post_save, sender=Order)\ndef saved(sender, instance, **kwargs):\n    instance.customer.name\n\n\n@transaction.atomic",
        ),
        ("catalog/models.py", "class Product(models.Model)", "class Thing(models.Model)"),
        ("catalog/models.py", "class Thing(models.Model)", "class Product(models.Model)"),
        // The order of classes, and of the tables of the other service.
        (
            "reporting/models.py",
            "class Supplier(Base)",
            "class First(Base):\n    __tablename__ = \"first\"\n    id: Mapped[int] = mapped_column(primary_key=True)\n\n\nclass Supplier(Base)",
        ),
        (
            "reporting/models.py",
            "supplier: Mapped[Supplier] = relationship()",
            "supplier: Mapped[Supplier] = relationship(lazy=\"joined\")",
        ),
    ];
    shop.run(&[]);
    for (file, from, to) in edits {
        shop.edit(file, from, to);
        assert_same(&shop.run(&[]), &shop.run(&["--no-cache"]), &format!("{file} has {to:?}"));
    }
}

#[test]
fn all_walks_are_taken_over_when_nothing_has_changed() {
    let shop = Shop::new();
    shop.run(&[]);
    let before = fs::metadata(shop.cache_file()).and_then(|file| file.modified()).expect("it has a time");
    shop.run(&[]);
    let after = fs::metadata(shop.cache_file()).and_then(|file| file.modified()).expect("it has a time");
    assert_eq!(before, after, "something was walked again, so that the cache was written again");
    shop.edit("catalog/views.py", "    tree = []\n", "    tree = list()\n");
    shop.run(&[]);
    let edited = fs::metadata(shop.cache_file()).and_then(|file| file.modified()).expect("it has a time");
    assert_ne!(after, edited);
}

#[test]
fn a_part_of_the_project_takes_over_what_the_whole_has_left() {
    let shop = Shop::new();
    shop.run(&[]);
    let of_part = |arguments: &[&str]| shop.run_on("shop/catalog/views.py", arguments);
    assert_same(&of_part(&[]), &of_part(&["--no-cache"]), "one file");
    assert_same(&shop.run(&[]), &shop.run(&["--no-cache"]), "all files after one");
}

#[test]
fn a_damaged_cache_is_made_anew_with_a_note() {
    let shop = Shop::new();
    let found = shop.run(&[]);
    let file = shop.cache_file();
    let whole = fs::read(&file).expect("it can be read");
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x55;
    for damaged in [&whole[..whole.len() / 2], &whole[..30], &flipped, b"something else", b""] {
        fs::write(&file, damaged).expect("it can be written");
        let report = shop.run(&[]);
        assert!(report["findings"] == found["findings"]);
        assert!(notes(&report).contains("the cache is made anew"), "{}", notes(&report));
        assert_eq!(fs::read(&file).expect("it can be read").len(), whole.len());
    }
    assert_same(&shop.run(&[]), &found, "there is no note any more");
}

#[test]
fn another_builds_cache_is_nothing() {
    let shop = Shop::new();
    let found = shop.run(&[]);
    fs::write(shop.cache_file(), "quell cache 0123456789abcdef\nof some other build").expect("it can be written");
    assert_same(&shop.run(&[]), &found, "beside another build's cache");
}

#[test]
fn a_folder_that_cannot_be_written_to_costs_the_cache_only() {
    let shop = Shop::new();
    fs::write(shop.cache(), "a file in the way").expect("it can be written");
    assert_same(&shop.run(&[]), &shop.run(&["--no-cache"]), "without a cache");
    assert_eq!(fs::read_to_string(shop.cache()).expect("it is still there"), "a file in the way");
}

#[cfg(unix)]
#[test]
fn links_lead_nowhere() {
    let (shop, outside) = (Shop::new(), TempDir::new().expect("a temporary folder can be made"));
    std::os::unix::fs::symlink(outside.path(), shop.cache()).expect("a link can be made");
    assert_same(&shop.run(&[]), &shop.run(&["--no-cache"]), "with a link for a folder");
    assert_eq!(fs::read_dir(outside.path()).expect("it is there").count(), 0, "nothing is written behind the link");
}

#[test]
fn runs_at_the_same_time_leave_a_whole_file() {
    let shop = Shop::new();
    let found = shop.run(&["--no-cache"]);
    let runs: Vec<_> = (0..6).map(|_| shop.command(".", &[]).spawn().expect("quell runs")).collect();
    for run in runs {
        assert_same(&read(&run.wait_with_output().expect("it ends")), &found, "one of six runs");
    }
    assert_same(&shop.run(&[]), &found, "without a note about damage");
}

#[test]
fn the_folder_can_be_elsewhere_and_git_passes_it_by() {
    let shop = Shop::new();
    let elsewhere = TempDir::new().expect("a temporary folder can be made");
    let folder = elsewhere.path().join("kept");
    shop.run(&["--cache-dir", &folder.to_string_lossy()]);
    assert!(!shop.cache().exists());
    assert!(fs::read_to_string(folder.join(".gitignore")).expect("it is there").contains('*'));
}
