//! Sizes of collections and costs of effects: polynomials in named sizes.

use serde::{Deserialize, Serialize};

use crate::syntax::Name;

/// A written bound up to this is a constant number of rows ("the last five"), not a page.
const FEW: u64 = 10;

/// Nobody turns pages of so few rows: they are those that are shown first.
const HANDFUL: u64 = 3;

/// How many elements a collection has.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Size {
    /// A number written in the program.
    Known(u64),
    /// At most a page or slice: the bound, where it is known.
    Bounded(Option<u64>),
    /// As many as a query gives: displayed as `N(shop.Book)`; the name is the text inside the parentheses.
    Rows(Name),
    /// Not known, and nothing bounds it; the name says of what (`addresses`).
    Unknown(Name),
}

impl Size {
    /// Whether it can grow with the data. A slice of a few rows is as good as a constant; a page is not.
    pub fn grows(&self) -> bool {
        match self {
            Size::Known(_) => false,
            Size::Bounded(Some(bound)) => *bound > FEW,
            Size::Bounded(None) | Size::Rows(_) | Size::Unknown(_) => true,
        }
    }

    /// A page as a framework cuts it; a small one is a page all the same, and the next may be larger. A handful is none.
    pub fn page(bound: u64) -> Size {
        Size::Bounded((bound > FEW || bound <= HANDFUL).then_some(bound))
    }

    /// Whether it can grow without a bound.
    pub fn is_unbounded(&self) -> bool {
        matches!(self, Size::Rows(_) | Size::Unknown(_))
    }
}

/// The symbolic count of one effect: the product of the loops in which it is repeated.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Cost {
    /// The factors, outermost first; empty means once.
    pub factors: Vec<Size>,
}

impl Cost {
    /// Number of factors that can grow.
    pub fn degree(&self) -> usize {
        self.factors.iter().filter(|size| size.grows()).count()
    }
}

impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.factors.is_empty() {
            return f.write_str("1");
        }
        for (i, factor) in self.factors.iter().enumerate() {
            if i > 0 {
                f.write_str("·")?;
            }
            match factor {
                Size::Known(n) => write!(f, "{n}")?,
                Size::Bounded(Some(n)) => write!(f, "(≤{n})")?,
                Size::Bounded(None) => f.write_str("(bounded)")?,
                Size::Rows(name) | Size::Unknown(name) => write!(f, "N({name})")?,
            }
        }
        Ok(())
    }
}
