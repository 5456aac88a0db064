//! rdsproxy-gen
