//! RFC 9110 §11.6.1: reading and writing `WWW-Authenticate`.
