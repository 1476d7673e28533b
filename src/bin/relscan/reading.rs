//! The arguments that say what the inputs are.

use relscan::io::{Documents, Encoding, Input, InputFormat};

use crate::outcome::Failure;
use crate::values::{encoding, named};

/// How documents are read.
#[derive(clap::Args)]
pub(crate) struct Reading {
    /// What the files are: `text`: a file is a document, its path the id; `lines`: a line is one, with `path:line` for an id;
    /// `jsonl`: a JSON object a line; `json`: an array of them, or one after another; `csv`, `tsv`: rows under a row of
    /// names; `parquet`, `arrow`: tables; `markdown`, `html`, `epub`, `pdf`: the text that readers see; `eml`, `mbox`: messages; `warc`: pages; `zip`, `tar`: the
    /// files in them; `auto`: as their first bytes and their names have it. What is compressed (gz, zst, bz2, xz) is unpacked in
    /// any case
    #[arg(long, value_parser = named(InputFormat::ALL), default_value = "auto")]
    input: InputFormat,

    /// The encoding of the texts, as `latin1` or `shift_jis`; without it that which they declare or look like
    #[arg(long, value_name = "NAME", value_parser = encoding)]
    encoding: Option<Encoding>,

    /// The field of a row, or the column, that holds the id; without one the id is `path:line`
    #[arg(long, visible_alias = "id-column", value_name = "NAME", default_value = "id")]
    id_field: String,

    /// The field of a row, or the column by name or number, that holds the text; `a.b` is the field `b` of the object `a`.
    /// Given several times, all of them. Without it the first that is there of `text`, `content` and `body`
    #[arg(long, visible_alias = "text-column", value_name = "NAME")]
    text_field: Vec<String>,

    /// Also read the code in Markdown and HTML
    #[arg(long)]
    code: bool,
}

impl Reading {
    /// Refuses what cannot be meant.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        if self.text_field.contains(&self.id_field) {
            return Err(Failure::usage("--id-field and --text-field name the same field"));
        }
        Ok(())
    }

    /// The documents of `inputs`.
    pub(crate) fn documents(&self, inputs: Vec<Input>) -> Documents {
        let documents = Documents::new(inputs)
            .format(self.input)
            .id_field(&self.id_field)
            .text_fields(self.text_field.iter().cloned())
            .with_code(self.code);
        match self.encoding {
            Some(encoding) => documents.encoding(encoding),
            None => documents,
        }
    }
}
