//! The key set cache, rule by rule.
