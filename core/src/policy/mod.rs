//! What the IT admin writes, compiled and evaluated (DESIGN §6).
