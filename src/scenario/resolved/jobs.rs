//! The jobs of the scenario as it was run.

use crate::scenario::{Checkpoint, JobClass, JobKind};

use super::fleet::word;
use super::{Writer, quoted};

impl Writer {
    pub(super) fn jobs(&mut self, class: &JobClass) {
        self.header("[[jobs]]");
        self.key("name", quoted(&class.name));
        self.key("kind", word(class.kind, &JobKind::ALL));
        self.key("count", class.count);
        let work = self.distribution(&class.work);
        self.key("work", work);
        self.key("gpus", class.gpus);
        self.key("submit", quoted(class.submit));
        self.key("every", quoted(class.every));
        let checkpoint = class
            .checkpoint
            .map(|Checkpoint { every, cost }| format!("{{ every = {}, cost = {} }}", quoted(every), quoted(cost)));
        self.optional("checkpoint", checkpoint);
        self.key("restart", quoted(class.restart));
        self.optional("deadline", class.deadline.map(quoted));
        if !class.fleets.is_empty() {
            let names: Vec<String> = class.fleets.iter().map(quoted).collect();
            self.key("fleets", format!("[{}]", names.join(", ")));
        }
    }
}
