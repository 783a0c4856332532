//! The command line: every command, its arguments and their help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::moment;
use crate::policy::{DiffArgs, ExplainArgs, TestArgs, WithdrawalsArgs};
use crate::records::RecordsCommand;
use crate::revoke::RevokeArgs;
use crate::snapshot::SnapshotArgs;

/// Cross-App Access (XAA) on the command line: look into tokens, check and compare policies, read records, revoke.
///
/// Prints text for people, and one JSON object a line with --json, whose members stay. Only `revoke --redis` uses
/// the network. A FILE of `-` is standard input.
///
/// Exit codes: 0 when the answer is yes, 1 when it is no (an invalid token, a faulty policy, a failed case), 2 when there
/// is no answer (a usage error, a file that cannot be read).
#[derive(Parser)]
#[command(name = "idjag", version, max_term_width = 110)]
pub(crate) struct Cli {
    /// Print JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    Decode(DecodeArgs),
    Verify(VerifyArgs),
    Keygen(KeygenArgs),
    /// Check, explain, test and compare policy documents.
    #[command(subcommand)]
    Policy(PolicyCommand),
    #[command(subcommand)]
    Records(RecordsCommand),
    Revoke(RevokeArgs),
    Snapshot(SnapshotArgs),
    /// Print completions for a shell: `idjag completions bash > /etc/bash_completion.d/idjag`.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

#[derive(Subcommand)]
pub(crate) enum PolicyCommand {
    /// Check policy documents: every fault, with its path. Exit code 1 when there is one.
    Check {
        /// The documents.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        #[command(flatten)]
        reading: PolicyReading,
    },
    Explain(Box<ExplainArgs>),
    Test(TestArgs),
    Diff(DiffArgs),
    Withdrawals(WithdrawalsArgs),
}

/// How a policy document is read.
#[derive(Args, Clone, Copy)]
pub(crate) struct PolicyReading {
    /// Also take http issuers and resources on this machine: for tests.
    #[arg(long)]
    pub(crate) dangerous_allow_http_loopback: bool,
}

/// Show what a token says. Nothing of it is verified, and neither the token nor its signature is printed.
///
/// A token on a command line stays in the shell's history and can be seen by others on the machine: prefer standard input.
#[derive(Args)]
pub(crate) struct DecodeArgs {
    /// The token; standard input without it, or for `-`.
    pub(crate) token: Option<String>,
    #[command(flatten)]
    pub(crate) clock: Clock,
}

/// The present.
#[derive(Args, Clone, Copy)]
pub(crate) struct Clock {
    /// Take this as the present: seconds since 1970, or UTC as in 2026-11-23T15:04:05Z.
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    pub(crate) now: Option<u64>,
}

/// Verify a token: signature, issuer, audience, client and time, as the role that receives it does.
///
/// What only a running role can know is not checked: whether the token was used before or revoked, proof of possession,
/// and what a policy says. A token on a command line stays in the shell's history: prefer standard input.
#[derive(Args)]
pub(crate) struct VerifyArgs {
    /// The token; standard input without it, or for `-`.
    pub(crate) token: Option<String>,
    /// What it has to be.
    #[arg(long)]
    pub(crate) kind: Kind,
    /// The issuer it has to be from; not for client-assertion, whose issuer is the client.
    #[arg(long, value_name = "URL")]
    pub(crate) issuer: Option<String>,
    /// Whom it has to be for: of id-jag the authorization server, of access-token the resource, of client-assertion and
    /// actor-token the server that receives it.
    #[arg(long, value_name = "URL")]
    pub(crate) audience: Option<String>,
    /// The client: of id-jag, id-token and client-assertion.
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: Option<String>,
    /// The `typ` that it has to have: of actor-token.
    #[arg(long)]
    pub(crate) typ: Option<String>,
    /// The nonce of the sign-on: of id-token.
    #[arg(long)]
    pub(crate) nonce: Option<String>,
    /// The issuer's public keys, or the client's: a JWK Set.
    #[arg(long, value_name = "FILE")]
    pub(crate) keys: PathBuf,
    /// An algorithm that may be used; may be repeated. All of them by default.
    #[arg(long, value_name = "ALG")]
    pub(crate) alg: Vec<VerifyAlg>,
    /// How far clocks may be apart: seconds, at most 300.
    #[arg(long, value_name = "SECONDS", value_parser = moment::parse_span)]
    pub(crate) tolerance: Option<u64>,
    /// The longest lifetime that is accepted.
    #[arg(long, value_name = "SPAN", value_parser = moment::parse_span)]
    pub(crate) max_lifetime: Option<u64>,
    /// Also take http addresses on this machine: for tests.
    #[arg(long)]
    pub(crate) dangerous_allow_http_loopback: bool,
    #[command(flatten)]
    pub(crate) clock: Clock,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An ID-JAG: the grant of an identity provider.
    IdJag,
    /// An access token (RFC 9068).
    AccessToken,
    /// An OpenID Connect ID Token.
    IdToken,
    /// The authentication of a client (`private_key_jwt`).
    ClientAssertion,
    /// The actor of a token exchange.
    ActorToken,
}

#[derive(ValueEnum, Clone, Copy)]
#[value(rename_all = "verbatim")]
pub(crate) enum VerifyAlg {
    ES256,
    ES384,
    EdDSA,
    RS256,
    PS256,
}

#[derive(ValueEnum, Clone, Copy)]
#[value(rename_all = "verbatim")]
pub(crate) enum SigningAlg {
    ES256,
    EdDSA,
}

/// Make a signing key: the private JWK to a new file that only you can read, the public JWK Set to standard output.
///
/// A file that exists is never overwritten.
#[derive(Args)]
pub(crate) struct KeygenArgs {
    /// The algorithm.
    #[arg(long, default_value = "ES256")]
    pub(crate) alg: SigningAlg,
    /// The key's name; the key's own thumbprint (RFC 7638) by default.
    #[arg(long)]
    pub(crate) kid: Option<String>,
    /// Where the private key goes.
    #[arg(long, value_name = "FILE", required_unless_present = "private_to_stdout")]
    pub(crate) out: Option<PathBuf>,
    /// Where the public JWK Set goes, instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) public_out: Option<PathBuf>,
    /// Print the private key, for a secret store that reads it from a pipe.
    #[arg(long, conflicts_with = "out", requires = "public_out")]
    pub(crate) private_to_stdout: bool,
}
