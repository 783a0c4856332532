//! The client role as a state machine: requests out, responses in.
