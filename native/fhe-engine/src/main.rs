use fhe_engine::serve::{serve, serve_prover, ServeOptions};
use std::collections::HashMap;
use std::io::{stdin, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const USAGE: &str = "usage:
  fhe-engine serve --keys DIR --crs-cache DIR --store DIR
  fhe-engine prove --public-key FILE --crs FILE";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    match run(&command, &arguments.collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("fhe-engine: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &str, arguments: &[String]) -> Result<(), String> {
    let mut options = parse_options(arguments)?;
    let mut path = |name: &str| options.remove(name).map(PathBuf::from).ok_or(format!("--{name} is missing\n{USAGE}"));
    let outcome = match command {
        "serve" => {
            let options = ServeOptions { keys: path("keys")?, crs_cache: path("crs-cache")?, store: path("store")? };
            serve(&options, stdin().lock(), stdout())
        }
        "prove" => serve_prover(&path("public-key")?, &path("crs")?, stdin().lock(), stdout()),
        _ => return Err(USAGE.into()),
    };
    outcome.map_err(|e| e.to_string())
}

fn parse_options(arguments: &[String]) -> Result<HashMap<String, String>, String> {
    let pairs = arguments.chunks(2).map(|pair| match pair {
        [name, value] if name.starts_with("--") => Ok((name[2..].to_string(), value.clone())),
        _ => Err(format!("cannot understand {}\n{USAGE}", pair.join(" "))),
    });
    pairs.collect()
}
