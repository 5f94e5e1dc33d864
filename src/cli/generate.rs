//! `quell completions`, `quell man`: what shells and `man` read, made from the arguments.

use std::io::Write;
use std::process::ExitCode;

use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use super::Outcome;
use super::arguments::{Arguments, VERSION};
use crate::config::nearest;

/// A command that doesn't exist.
#[derive(Debug, thiserror::Error)]
#[error("quell has no command `{name}`{}", nearest.as_ref().map(|command| format!(": did you mean `{command}`?")).unwrap_or_default())]
struct UnknownCommand {
    name: String,
    nearest: Option<String>,
}

/// Prints the completions of a shell.
pub(super) fn completions(shell: Shell, out: &mut dyn Write) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "quell", &mut script);
    out.write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints a manual page.
pub(super) fn man(name: Option<&str>, out: &mut dyn Write) -> Outcome {
    let mut quell = Arguments::command();
    quell.build();
    let page = match name {
        None => quell,
        Some(name) => page_of(&quell, name)?,
    };
    Man::new(page).source(format!("quell {VERSION}")).render(out)?;
    Ok(ExitCode::SUCCESS)
}

/// The command of a name; having been built, it calls itself `quell-check`.
fn page_of(quell: &Command, name: &str) -> Result<Command, UnknownCommand> {
    let found = quell.get_subcommands().find(|command| command.get_name() == name);
    let unknown = || UnknownCommand {
        name: name.to_owned(),
        nearest: nearest(name, quell.get_subcommands().map(Command::get_name)).map(str::to_owned),
    };
    Ok(found.ok_or_else(unknown)?.clone())
}
