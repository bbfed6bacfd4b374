//! `ithaca`, the command line: mentoring that works where there is no signal, for people who work on a laptop, and for trying things out.

mod action;
mod archive;
mod card;
mod cli;
mod device;
mod editor;
mod error;
mod find;
mod form;
mod goal;
mod insight;
mod message;
mod note;
mod own_device;
mod pair;
mod pairing;
mod phrase;
mod print;
mod profile;
mod session;
mod session_show;
mod status;
mod sync;
mod time;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => {
            // A reader of the help who went away is no failure.
            let _ = e.print();
            return ExitCode::from(u8::try_from(e.exit_code()).unwrap_or(2));
        }
    };
    let json = cli.global.json;
    match cli::run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            cli::complain(&e, json);
            ExitCode::from(e.code())
        }
    }
}
