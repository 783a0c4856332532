//! Regenerates `tests/vectors`, `docs/errors.md` and the generated files of the bindings; with `--check` compares
//! instead and fails on a difference.

use std::process::ExitCode;
use std::{env, fs};

use idjag_tests::report::Tally;
use idjag_tests::{errors_page, generate, paths, surface};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<&str>>().as_slice() {
        [] => {
            generate::write(&paths::vectors_dir());
            fs::write(paths::errors_page(), errors_page::text()).expect("a writable page");
            let surface = surface::files();
            for (file, text) in &surface {
                fs::write(paths::root().join(file), text).expect("a writable file");
            }
            println!("{} files written", generate::topics().count() + 1 + surface.len());
            ExitCode::SUCCESS
        }
        ["--check"] => {
            let mut tally = Tally::default();
            for (file, result) in generate::check(&paths::vectors_dir()) {
                tally.count(file.display(), result);
            }
            let page = (paths::errors_page(), errors_page::text());
            for (file, text) in surface::files().into_iter().chain([page]) {
                let same = fs::read_to_string(paths::root().join(&file)).is_ok_and(|found| found == text);
                tally.count(file.display(), if same { Ok(()) } else { Err("another text".to_owned()) });
            }
            tally.finish()
        }
        _ => {
            eprintln!("usage: vectors [--check]");
            ExitCode::from(2)
        }
    }
}
