//! The command line: arguments in, exit code out.
//!
//! 0: nothing at or above `--fail-on`. 1: findings. 2: quell did not do its work.

mod arguments;
mod check;
mod config;
mod generate;
mod list;
mod merge;
mod profile;
mod progress;

use std::error::Error;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command, RulesArguments, RulesCommand, Show, When};

use crate::report::{Harmless, Style, show_error};

/// Columns of a report that goes to a file or a pipe.
const WIDTH: usize = 80;

/// Wider lines are hard to read.
const MOST_WIDTH: usize = 120;

/// The exit code for findings.
const FOUND: u8 = 1;

/// The exit code for work that was not done.
const FAILED: u8 = 2;

type Outcome = Result<ExitCode, Box<dyn Error>>;

/// Runs the program with the process's arguments.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    silence_caught_panics();
    let has_color = style(arguments.color, io::stdout().is_terminal()).color;
    let mut out = BufWriter::new(Harmless::new(io::stdout().lock(), has_color));
    match run(&arguments, &mut out).and_then(|code| Ok(out.flush().map(|()| code)?)) {
        Ok(code) => code,
        Err(error) => failure(error.as_ref(), arguments.color),
    }
}

fn run(arguments: &Arguments, out: &mut dyn Write) -> Outcome {
    match &arguments.command {
        Command::Check(check) => check::check(check, style(arguments.color, io::stdout().is_terminal()), out),
        Command::Profile(profile) => profile::profile(profile, style(arguments.color, io::stdout().is_terminal()), out),
        Command::Top(top) => profile::top(top, style(arguments.color, io::stdout().is_terminal()), out),
        Command::Baseline(baseline) => check::baseline(baseline, out),
        Command::Merge(arguments) => merge::merge(arguments, out),
        Command::Show(Show::Models { path, format }) => list::models(path, *format, out),
        Command::Show(Show::Knowledge { path }) => {
            list::knowledge(path, style(arguments.color, io::stdout().is_terminal()), out)
        }
        Command::Explain { subject } => list::explain(subject, style(arguments.color, io::stdout().is_terminal()), out),
        Command::Rules(RulesArguments { command: Some(RulesCommand::Test { folder }), .. }) => list::test(folder, out),
        Command::Rules(arguments) => list::rules(arguments, out),
        Command::Completions { shell } => generate::completions(*shell, out),
        Command::Man { command } => generate::man(command.as_deref(), out),
        Command::Config { paths, config } => config::config(paths, config.as_ref(), out),
    }
}

/// Help and version go to standard output with 0, wrong arguments to standard error with 2.
fn usage(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    if error.use_stderr() { ExitCode::from(FAILED) } else { ExitCode::SUCCESS }
}

/// A reader that went away, as `head` does, is no failure.
fn failure(error: &(dyn Error + 'static), color: When) -> ExitCode {
    if is_broken_pipe(error) {
        return ExitCode::SUCCESS;
    }
    let style = style(color, io::stderr().is_terminal());
    let mut out = Harmless::new(io::stderr(), style.color);
    let _ = show_error(&mut out, error, style).and_then(|()| out.flush());
    ExitCode::from(FAILED)
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    let kind = match (error.downcast_ref::<io::Error>(), error.downcast_ref::<serde_json::Error>()) {
        (Some(error), _) => Some(error.kind()),
        (None, Some(error)) => error.io_error_kind(),
        (None, None) => None,
    };
    kind == Some(io::ErrorKind::BrokenPipe)
}

fn style(color: When, is_terminal: bool) -> Style {
    let wanted = || std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let color = match color {
        When::Always => true,
        When::Never => false,
        When::Auto => is_terminal && wanted() && std::env::var_os("TERM").is_none_or(|term| term != "dumb"),
    };
    Style { color, width: width(is_terminal) }
}

/// `COLUMNS` where it is set, else the terminal's width, else 80.
fn width(is_terminal: bool) -> usize {
    let set = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse::<usize>().ok());
    let of_terminal = || {
        let (width, _) = terminal_size::terminal_size().filter(|_| is_terminal)?;
        Some(usize::from(width.0))
    };
    set.filter(|columns| *columns >= 40).or_else(of_terminal).unwrap_or(WIDTH).min(MOST_WIDTH)
}

/// A panic inside one rule or function becomes a note of the report; its trace is shown only when asked for.
fn silence_caught_panics() {
    if std::env::var_os("RUST_BACKTRACE").is_none() {
        std::panic::set_hook(Box::new(|_| {}));
    }
}
