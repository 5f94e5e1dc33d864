//! A repository that means harm: it can't have quell read or write elsewhere, nor speak to the terminal.

use std::fs;

use super::project::Project;

const SECRET: &str = "the secret of the machine";

/// A project beside a folder that is none of its business.
fn beside_a_secret(files: &[(&str, &str)]) -> Project {
    let project = Project::new(files);
    let secret = "from shop.models import Book\n\ndef secret():\n    for b in Book.objects.all():\n        print(b.author.name)\n";
    for (name, text) in [
        ("secret/a.py", secret),
        ("secret/a.pyi", secret),
        ("secret/a.html", "{% for b in books %}{{ b.author.name }}{% endfor %}"),
        ("secret/a.scm", SECRET),
        ("secret/a.json", SECRET),
        ("secret/quell.toml", SECRET),
    ] {
        let path = project.outside(name);
        fs::create_dir_all(path.parent().unwrap_or(&path)).expect("a folder can be made");
        fs::write(path, text).expect("it can be written");
    }
    project
}

#[test]
fn paths_of_a_configuration_stay_in_the_repository() {
    for key in ["paths = [\"PATH\"]", "stubs = [\"PATH\"]", "rules = [\"PATH\"]", "baseline = \"PATH/new.json\""] {
        for path in ["../secret", "/etc", "inside/../../secret", "link"] {
            let project = beside_a_secret(&[("inside/a.txt", ""), ("quell.toml", &key.replace("PATH", path))]);
            project.link("link", "../secret");
            let run = project.check(&[]);
            assert_eq!(run.code, 2, "{key} {path}");
            run.says("lies outside of the repository");
            assert!(!run.err.contains(SECRET), "{}", run.err);
            assert_eq!(project.quell(&["baseline", "."]).code, 2);
            assert!(!project.outside("secret/new.json").exists());
        }
    }
}

#[test]
fn paths_of_windows_are_no_paths_here() {
    for text in [
        "paths = ['C:\\shop']",
        "paths = ['shop\\views.py']",
        "stubs = ['\\\\host\\share']",
        "baseline = 'C:\\x\\b.json'",
    ] {
        let run = Project::new(&[("quell.toml", text)]).check(&[]);
        assert!(run.code == 2 || text.starts_with("baseline"), "{text}: {}", run.out);
    }
    let project = Project::new(&[(
        "quell.toml",
        "exclude = ['shop\\views.py', 'C:\\**']\n[per-path]\n'shop\\*' = 'background'\n",
    )]);
    project.check(&[]);
}

#[test]
fn links_under_known_names_are_not_followed_out() {
    let project = beside_a_secret(&[]);
    project.link("quell.toml", "../secret/quell.toml");
    project.link("poetry.lock", "../secret/a.json");
    let run = project.check(&[]);
    run.finds_the_shop();
    assert!(!run.err.contains(SECRET));
    project.link("quell-baseline.json", "../secret/a.json");
    let run = project.check(&[]);
    assert!(run.code == 2 && !run.err.contains(SECRET), "{}", run.err);
    assert_eq!(project.quell(&["baseline", "."]).code, 2);
    assert_eq!(fs::read_to_string(project.outside("secret/a.json")).ok().as_deref(), Some(SECRET));
}

#[test]
fn names_of_templates_lead_nowhere_else() {
    let project = beside_a_secret(&[(
        "shop/pages.py",
        "from django.shortcuts import render\nfrom shop.models import Book\n\ndef a(request):\n    \
         for name in [\"../../../secret/a.html\", \"/etc/passwd\"]:\n        \
         return render(request, name, {\"books\": Book.objects.all()})\n\ndef b(request):\n    \
         return render(request, \"b.html\", {\"books\": Book.objects.all()})\n",
    )]);
    let absolute = project.outside("secret/a.html");
    let text = format!(
        "{{% include \"../../../secret/a.html\" %}}{{% include \"{}\" %}}{{% extends \"../../../secret/a.html\" %}}",
        absolute.display()
    );
    project.write("shop/templates/b.html", text);
    project.link("shop/templates/link.html", "../../../secret/a.html");
    let run = project.check(&[]);
    run.finds_the_shop();
    assert!(!run.out.contains("secret"), "{}", run.out);
}

/// What moves a cursor, hides text or turns it round.
fn is_harmful(letter: char) -> bool {
    (letter.is_control() && letter != '\n') || ('\u{202a}'..='\u{202e}').contains(&letter)
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let evil = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}\u{8}\u{7f}";
    let project = Project::new(&[(
        "shop/wild.py",
        &format!(
            "from django.db import models\nfrom django.shortcuts import render\nfrom shop.models import Author\n\n\
             class Wild(models.Model):\n    author = models.ForeignKey(Author, models.CASCADE, related_name=\"w\\x1b[2J{evil}\")\n    \
             class Meta:\n        db_table = \"t{evil}\"\n        app_label = \"{evil}\\x9b\"\n\n\
             def wild(request):\n    for wild in Wild.objects.filter(x='{evil}'): print(wild.author.name, '{evil}')  # {evil}\n    \
             return render(request, 'w{evil}.html', {{'a': Wild.objects.all()}})\n"
        ),
    )]);
    let view = "from shop.models import Book\n\ndef shelf(request):\n    for book in Book.objects.all():\n        print(book.author.name)\n";
    project.write(&format!("shop/a{evil}\nshop.py"), view);
    project.write(
        &format!("shop/templates/w{evil}.html"),
        format!("{{% for w in a %}}{{{{ w.author.name }}}}{evil}{{% endfor %}}"),
    );
    project.write(&format!("shop/broken{evil}.py"), format!("x = ({evil}\n"));
    for arguments in [
        &["check", ".", "--no-cache", "--format", "text"][..],
        &["check", ".", "--no-cache", "--format", "text", "--color", "always"],
        &["check", ".", "--no-cache", "--format", "concise"],
        &["check", ".", "--no-cache", "--format", "github"],
        &["check", ".", "--no-cache", "--format", "json"],
        &["check", ".", "--no-cache", "--format", "junit"],
        &["check", ".", "--no-cache", "--top", "5"],
        &["explain", "shop/wild.py:11", "--color", "always"],
        &["explain", "shop/wild.py:11"],
        &["show", "models"],
        &["show", "knowledge"],
        &["check", &format!("{evil}.py")],
        &["check", ".", "--config", &format!("{evil}.toml")],
    ] {
        let run = project.quell(arguments);
        // The colours that were asked for are the only thing allowed.
        let mut text = format!("{}{}", run.out, run.err);
        if arguments.contains(&"always") {
            text = without_colors(&text);
        }
        assert!(!text.contains(is_harmful), "{arguments:?}: {text:?}");
    }
    let lines = project.check(&[]).out;
    assert!(lines.lines().all(|line| line.contains("[lazy-load-per-row]")), "a name made a line of its own: {lines}");
}

/// A text without `ESC [ … m`.
fn without_colors(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| {
        let (color, rest) = part.split_once('m').unwrap_or((part, ""));
        let is_color = color.chars().all(|letter| letter.is_ascii_digit() || letter == ';');
        if is_color { all + rest } else { all + "\u{1b}[" + part }
    })
}

#[test]
fn a_configuration_says_what_is_wrong_without_control_characters() {
    let evil = "\\u001b[2J\\u009b";
    let project = Project::new(&[(
        "quell.toml",
        &format!("\"k{evil}\" = 1\nselect = [\"r{evil}\"]\npaths = [\"p{evil}\"] # \u{9b}\u{202e}\n"),
    )]);
    for color in ["always", "never"] {
        let run = project.check(&["--color", color]);
        assert_eq!(run.code, 2);
        assert!(!without_colors(&run.err).contains(is_harmful), "{:?}", run.err);
    }
}
