//! Which columns of a table are read.

use super::error::ReadErrorKind;
use super::jsonl::{Fields, Texts};

/// Where the values are that are read.
#[derive(Debug)]
pub(super) struct Columns {
    pub(super) texts: Vec<usize>,
    pub(super) id: Option<usize>,
}

/// Where the columns are that are read, by the names in `names`, or by their number from 1.
pub(super) fn find(names: impl Iterator<Item = String>, fields: &Fields) -> Result<Columns, ReadErrorKind> {
    let names: Vec<String> = names.map(|name| name.trim_start_matches('\u{feff}').trim().to_owned()).collect();
    let place = |wanted: &str| {
        let by_number = || wanted.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        names
            .iter()
            .position(|name| name == wanted)
            .or_else(|| names.iter().position(|name| name.eq_ignore_ascii_case(wanted)))
            .or_else(|| by_number().filter(|number| *number < names.len()))
    };
    let wanted = fields.text.names();
    let texts: Vec<usize> = match fields.text {
        Texts::Usual => wanted.iter().find_map(|name| place(name)).into_iter().collect(),
        Texts::All(_) => wanted.iter().filter_map(|name| place(name)).collect(),
    };
    let missing = |wanted: &[&str]| ReadErrorKind::NoColumn {
        wanted: wanted.join("`, `"),
        columns: names.iter().take(20).map(|name| name.chars().take(40).collect()).collect(),
    };
    match fields.text {
        _ if texts.is_empty() => return Err(missing(&wanted)),
        Texts::All(_) if texts.len() < wanted.len() => {
            let absent: Vec<&str> = wanted.iter().copied().filter(|name| place(name).is_none()).collect();
            return Err(missing(&absent));
        }
        _ => {}
    }
    Ok(Columns { texts, id: place(&fields.id) })
}
