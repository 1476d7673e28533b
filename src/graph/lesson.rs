//! What is learned at once.

/// A content to learn, where it comes from, and what it is about.
pub type Lesson<'a> = (&'a str, Option<&'a str>, Option<&'a str>);
