//! What the database was asked about a set of rows: so that a second question with the same answer can be told.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::interpreter::Interpreter;
use crate::domain::{Machine, ObjectId, Place, Question};
use crate::syntax::Name;

/// A set of rows: a queryset, or the whole set that hangs on a row by a relation.
type Subject = (ObjectId, Option<Name>);

/// The questions of a path, the last one about each set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Questions(Option<Rc<BTreeMap<Subject, Asked>>>);

/// A question, with how much had been written by then.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Asked {
    question: Question,
    writes: u64,
}

impl Questions {
    /// Those that both paths asked.
    pub(super) fn common(&self, other: &Questions) -> Questions {
        match (&self.0, &other.0) {
            (Some(ours), Some(theirs)) if Rc::ptr_eq(ours, theirs) => self.clone(),
            (Some(ours), Some(theirs)) => {
                let both = ours.iter().filter(|(subject, asked)| theirs.get(subject) == Some(asked));
                Questions(Some(Rc::new(both.map(|(subject, asked)| (*subject, *asked)).collect())))
            }
            _ => Questions::default(),
        }
    }

    /// Forgets what was asked about an object, which is made anew.
    pub(super) fn forget(&mut self, id: ObjectId) {
        if let Some(asked) = &mut self.0
            && asked.keys().any(|(subject, _)| *subject == id)
        {
            Rc::make_mut(asked).retain(|(subject, _), _| *subject != id);
        }
    }
}

impl Interpreter<'_> {
    /// The last question about a set, if the same function asked it and nothing was written since.
    pub(super) fn question_about(&self, subject: ObjectId, relation: Option<Name>) -> Option<Question> {
        let asked = self.state.questions.0.as_ref()?.get(&(subject, relation))?;
        let is_here = asked.question.enclosing == self.enclosing() && asked.writes == self.writes;
        is_here.then_some(asked.question)
    }

    /// Whether an action was noted about a subject, wherever, and nothing was written since.
    pub(super) fn is_kept(&self, subject: ObjectId, name: Name, action: &str) -> bool {
        let asked = self.state.questions.0.as_ref().and_then(|all| all.get(&(subject, Some(name))));
        asked.is_some_and(|asked| asked.question.action == action && asked.writes == self.writes)
    }

    /// Remembers a question about a set.
    pub(super) fn ask(&mut self, subject: ObjectId, relation: Option<Name>, action: Name, place: Place) {
        let question = Question { action, place, enclosing: self.enclosing() };
        let asked = Asked { question, writes: self.writes };
        let questions = self.state.questions.0.get_or_insert_default();
        Rc::make_mut(questions).insert((subject, relation), asked);
    }
}
