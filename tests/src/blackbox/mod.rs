//! The black-box format of DESIGN §13: one JSON case per line in, one JSON verdict per line out.

pub mod corpora;
pub mod drive;
pub mod protocol;
pub mod verify;

use std::io::{self, BufRead, Write};

/// Answers every line of `input` with one line on `output`, flushed; ends when the input does.
pub fn serve(mut input: impl BufRead, mut output: impl Write) -> io::Result<()> {
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        let answer =
            protocol::Case::parse(&line).map_or_else(|malformed| malformed, |case| verify::answer(&case));
        serde_json::to_writer(&mut output, &answer)?;
        output.write_all(b"\n")?;
        output.flush()?;
        line.clear();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_every_line_whatever_it_holds() {
        let input: &[u8] = b"\n{}\n[]\nnull\n\xff\xfe\n{\"id\":\"a\"}\n{\"id\":7,\"kind\":\"jws\"}\n\
            {\"id\":\"b\",\"kind\":\"jws\",\"token\":\"x\",\"expected\":{\"algs\":[\"ES256\"],\"unknown\":1}}";
        let mut output = Vec::new();
        serve(input, &mut output).unwrap();
        let output = String::from_utf8(output).unwrap();
        let lines: Vec<&str> = output.lines().collect();
        assert_eq!(lines.len(), 8);
        assert!(
            lines.iter().all(|line| line.contains(r#""verdict":"reject","code":"request_malformed""#)),
            "{output}"
        );
        assert!(lines[5].starts_with(r#"{"id":"a","#) && lines[7].starts_with(r#"{"id":"b","#), "{output}");
    }
}
