//! One plain struct, and one file per view of it.
