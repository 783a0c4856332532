//! The command line.

/// What `--help` prints.
pub(crate) const HELP: &str = "\
A company on loopback HTTP: one identity provider, nine MCP servers, one sign-on.

Usage: acme [OPTIONS]

Options:
  --json     print the run's decision records as JSON, and nothing else
  --serve    keep everything running after the story and print how to call it with curl;
             with --json, one line: the records, and where everything is
  --help     print this

The exit status is 0 when every line the story printed held, and 1 when one did not.
Colour is used on a terminal unless NO_COLOR is set.
";

/// What the caller asked for.
#[derive(Default, Debug, PartialEq, Eq)]
pub(crate) struct Args {
    pub(crate) json: bool,
    pub(crate) serve: bool,
    pub(crate) help: bool,
}

impl Args {
    pub(crate) fn parse(mut parser: lexopt::Parser) -> Result<Self, lexopt::Error> {
        let mut args = Self::default();
        while let Some(argument) = parser.next()? {
            match argument {
                lexopt::Arg::Long("json") => args.json = true,
                lexopt::Arg::Long("serve") => args.serve = true,
                lexopt::Arg::Long("help") | lexopt::Arg::Short('h') => args.help = true,
                other => return Err(other.unexpected()),
            }
        }
        Ok(args)
    }
}

#[cfg(test)]
mod tests {
    use super::Args;

    fn parse(arguments: &[&str]) -> Result<Args, lexopt::Error> {
        Args::parse(lexopt::Parser::from_args(arguments))
    }

    #[test]
    fn reads_the_flags_in_any_order() {
        assert_eq!(parse(&["--serve", "--json"]).unwrap(), Args { json: true, serve: true, help: false });
        assert_eq!(parse(&[]).unwrap(), Args::default());
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        assert!(parse(&["--jason"]).is_err());
        assert!(parse(&["now"]).is_err());
    }
}
