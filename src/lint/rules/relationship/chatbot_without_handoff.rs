use crate::graph::{Graph, Marks, NodeId, NodeKind};
use crate::lint::context::LintContext;
use crate::lint::findings::Findings;
use crate::lint::limit::{Limit, on_the_calendar};
use crate::lint::rule::{Declared, Rule, rule};
use crate::model::{Channel, Duration, Journey, Step, Task, Touch};

rule! {
    ChatbotWithoutHandoff, id: "chatbot-without-handoff", group: Relationship, level: Warning,
    docs: "chatbot_without_handoff.md",
    limit: Limit::Duration(Duration { minutes: 15, days: 0, business_days: 0 }, &[])
}

impl Rule for ChatbotWithoutHandoff {
    fn check_journey(&self, cx: &LintContext<'_>, journey: &Journey, out: &mut Findings) {
        let is_chat = |it: &Step| matches!(it, Step::Touch(it) if it.channel == Channel::Chat);
        if !journey.walk().any(|(it, _)| is_chat(&it.value)) {
            return;
        }
        let limit = cx.duration(self.info());
        let graph = &*cx.graph(journey);
        for (id, node) in graph.touchpoints() {
            if let NodeKind::Touch(touch) = node.kind
                && touch.channel == Channel::Chat
            {
                check_chat(graph, id, touch, limit, out);
            }
        }
    }
}

fn check_chat(graph: &Graph<'_>, chat: NodeId, touch: &Touch, limit: Duration, out: &mut Findings) {
    let behind = graph.beyond(&Marks::default().node(chat));
    let tasks: Vec<&Task> = graph
        .touchpoints()
        .filter(|(id, _)| behind.has_node(*id))
        .filter_map(|(_, it)| match it.kind {
            NodeKind::Task(task) => Some(task),
            _ => None,
        })
        .collect();
    let in_time = |it: &&Task| {
        let within = it.respond_within.as_ref();
        within.is_some_and(|it| on_the_calendar(it.value) <= on_the_calendar(limit))
    };
    if tasks.iter().any(in_time) {
        return;
    }
    let id = &touch.id.value;
    let finding = out
            .fail(touch.id.span, format!("whoever talks to `{id}` cannot get to a person in time"))
            .label("a machine answers here")
            .why("people who are stuck are told the same again, and give up")
            .help(format!(
                "add a task that a person does: `- task: {{id: take-over, channel: chat, owner: \
                 customer-care, respond_within: {limit}}}`; if people answer the chat, write it as `task`"
            ));
    if let Some(late) = tasks.first() {
        let text = match &late.respond_within {
            Some(it) => format!("a person comes only within {}", it.value),
            None => "a person comes, and nobody says when".to_owned(),
        };
        finding.related(late.id.span, text);
    }
}
