//! How much of what loops read was understood, and why the rest was not.

use serde::{Deserialize, Serialize};

use rustc_hash::FxHashMap;

use crate::domain::{ObjectId, Place, Why};

/// Most places that are kept for a reason.
const MOST_PLACES: usize = 3;

/// Counts of attribute reads inside loops.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Knowledge {
    /// Reads on rows and on values that are not known.
    pub row_reads: u64,
    /// Reads on rows.
    pub understood: u64,
    /// Why reads were not understood.
    pub reasons: FxHashMap<Why, Silence>,
}

/// How often there was a reason for silence, and where: the first places of the program.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Silence {
    /// How often.
    pub count: u64,
    /// Some of the places, in order.
    pub places: Vec<Place>,
}

impl Silence {
    fn at(&mut self, place: Place) {
        if let Err(position) = self.places.binary_search(&place)
            && position < MOST_PLACES
        {
            self.places.insert(position, place);
            self.places.truncate(MOST_PLACES);
        }
    }
}

impl Knowledge {
    pub(crate) fn known_read(&mut self, loops: usize) {
        if loops > 0 {
            self.row_reads += 1;
            self.understood += 1;
        }
    }

    pub(crate) fn unknown_read(&mut self, loops: usize, why: Why, place: Place) {
        if loops == 0 {
            return;
        }
        self.row_reads += 1;
        // Which row it is, is nothing to a report, and another number in each walk.
        let why = match why {
            Why::GenericKey(_, name) => Why::GenericKey(ObjectId::default(), name),
            why => why,
        };
        let silence = self.reasons.entry(why).or_default();
        silence.count += 1;
        silence.at(place);
    }

    pub(crate) fn add(&mut self, other: &Knowledge) {
        self.row_reads += other.row_reads;
        self.understood += other.understood;
        for (why, silence) in &other.reasons {
            let mine = self.reasons.entry(*why).or_default();
            mine.count += silence.count;
            silence.places.iter().for_each(|place| mine.at(*place));
        }
    }
}

impl Why {
    /// The reason in words, lower case, without a full stop.
    pub fn in_words(self) -> String {
        match self {
            Why::Parameter => "a parameter that no known caller fills".to_owned(),
            Why::External(path) => format!("the result of {path}"),
            Why::Attribute(name) => format!("an attribute that is not known: {name}"),
            Why::GenericKey(_, name) => format!("a row of any model, by the generic key {name}"),
            Why::Call => "the result of an unknown call".to_owned(),
            Why::Recursion => "a recursive call".to_owned(),
            Why::Fuel => "the work bound of the function".to_owned(),
            Why::Merge => "too many alternatives".to_owned(),
            Why::Syntax => "syntax that is not interpreted".to_owned(),
            Why::Name(name) => format!("a name that is bound nowhere: {name}"),
            Why::Element => "an element of something unknown".to_owned(),
            Why::Field => "a field of an unknown record".to_owned(),
            Why::Instance => "an instance of a class that is not known".to_owned(),
        }
    }
}
