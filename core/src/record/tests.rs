//! What is read back is what was written.
