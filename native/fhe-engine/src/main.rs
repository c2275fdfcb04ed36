use fhe_engine::bench::{bench, BenchOptions};
use fhe_engine::engine::EngineOptions;
use fhe_engine::serve::{serve, serve_prover, ServeOptions};
use std::collections::HashMap;
use std::io::{stdin, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const USAGE: &str = "usage:
  fhe-engine serve --keys DIR --crs-cache DIR --store DIR [--memory-mb N]
  fhe-engine prove --public-key FILE --crs FILE
  fhe-engine source
  fhe-engine bench [--keys DIR] [--crs-cache DIR] [--only NAME,NAME]";

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
    let options = Options::parse(arguments)?;
    let outcome = match command {
        "serve" => serve(&options.serve()?, stdin().lock(), stdout()),
        "prove" => serve_prover(&options.path("public-key")?, &options.path("crs")?, stdin().lock(), stdout()),
        "source" => {
            println!("{}", fhe_engine::SOURCE);
            Ok(())
        }
        "bench" => bench(&options.bench(), &mut stdout()),
        _ => return Err(USAGE.into()),
    };
    outcome.map_err(|e| e.to_string())
}

struct Options(HashMap<String, String>);

impl Options {
    fn parse(arguments: &[String]) -> Result<Self, String> {
        let pairs = arguments.chunks(2).map(|pair| match pair {
            [name, value] if name.starts_with("--") => Ok((name[2..].to_string(), value.clone())),
            _ => Err(format!("cannot understand {}\n{USAGE}", pair.join(" "))),
        });
        pairs.collect::<Result<_, _>>().map(Self)
    }

    fn path(&self, name: &str) -> Result<PathBuf, String> {
        self.0.get(name).map(PathBuf::from).ok_or(format!("--{name} is missing\n{USAGE}"))
    }

    fn serve(&self) -> Result<ServeOptions, String> {
        Ok(ServeOptions {
            keys: self.path("keys")?,
            crs_cache: self.path("crs-cache")?,
            store: self.path("store")?,
            engine: self.engine()?,
        })
    }

    fn bench(&self) -> BenchOptions {
        let path = |name: &str| self.0.get(name).map(PathBuf::from);
        let only = self.0.get("only").map(|names| names.split(',').map(String::from).collect());
        BenchOptions { keys: path("keys"), crs_cache: path("crs-cache"), only: only.unwrap_or_default() }
    }

    fn engine(&self) -> Result<EngineOptions, String> {
        let mut options = EngineOptions::default();
        if let Some(text) = self.0.get("memory-mb") {
            let megabytes: usize = text.parse().map_err(|_| format!("--memory-mb {text} is not a number"))?;
            options.memory_bytes = megabytes << 20;
        }
        Ok(options)
    }
}
