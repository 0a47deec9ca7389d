//! `stance card`: the model card as Markdown, or the methods paragraph on a model.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Context;
use super::view::{self, View};
use crate::error::Result;
use crate::model;
use crate::report::card;
use crate::report::facts::ModelFacts;
use crate::report::methods::{self, Lang};

/// The model card, as Markdown
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  stance card                           the card of the shipped model
  stance card my.stance -o card.md      that of another
  stance card --methods ru              sentences on the model for a paper, in Russian
The paragraph on a whole analysis, with its numbers, is in the page of stance report --format html.")]
pub struct Card {
    /// The model [default: the one shipped with the program]
    #[arg(value_name = "MODEL")]
    model: Option<PathBuf>,
    /// The methods sentences in this language instead of the card
    #[arg(long, value_enum, value_name = "LANGUAGE", conflicts_with = "format")]
    methods: Option<Language>,
    #[command(flatten)]
    view: View<Format>,
}

/// View of the card.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Markdown
    #[default]
    Md,
    /// Its numbers, as a report holds them
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Language {
    /// English.
    En,
    /// Russian.
    Ru,
}

impl Card {
    /// Runs the verb.
    ///
    /// # Errors
    /// A model that cannot be read.
    pub fn run(&self, _ctx: &Context) -> Result<()> {
        let facts = ModelFacts::of(&*model::or_shipped(self.model.as_deref())?);
        let text = match (self.methods, self.view.format()) {
            (None, Format::Md) => card::markdown(&facts),
            (None, Format::Json) => view::json(&facts)?,
            (Some(Language::En), _) => methods::classifier(&facts, Lang::En) + "\n",
            (Some(Language::Ru), _) => methods::classifier(&facts, Lang::Ru) + "\n",
        };
        view::write(self.view.open()?, &text)
    }
}
