//! A repository of many journeys, as a large company might keep it: in goes how many, out come
//! files in a folder, the same for the same number. They hold every kind of step, conditions,
//! nested timeouts and a project file with hundreds of events; they share fifty letters.
//! Nothing is measured here.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

/// Product lines: each has events of its own, so that journeys meet as they do in life.
const LINES: usize = 100;

/// Shops that take the money: each has an event of a payment, for all lines.
const REGIONS: [&str; 4] = ["north", "south", "east", "west"];

/// Letters that all journeys share.
const LETTERS: usize = 50;

/// What switches all rules off, at the end of the project file.
pub(crate) const QUIET: &str = "lint: {groups: {logic: off, timing: off, feedback: off, relationship: off, coverage: off, consent: off, message: off, delivery: off, accessibility: off, overlap: off, privacy: off, governance: off}}\n";

/// The kinds of journeys, in turn: a name, and what such a journey says.
const KINDS: [(&str, &str, &str); 4] = [
    ("post-purchase", HEAD_PURCHASE, STEPS_PURCHASE),
    ("abandonment", HEAD_ABANDONMENT, STEPS_ABANDONMENT),
    ("renewal", HEAD_RENEWAL, STEPS_RENEWAL),
    ("complaint", HEAD_COMPLAINT, STEPS_COMPLAINT),
];

/// How many branches the large journey has; each stands for ten steps.
pub(crate) const LARGE_BRANCHES: usize = 200;

/// One journey of 2,000 steps.
pub(crate) fn large() -> String {
    let mut text = String::from("journey: large\n");
    let head = HEAD_PURCHASE
        .replace("NEXT", "next: []")
        .replace("REGION", REGIONS[0])
        .replace("LINE", "00");
    text.push_str(&head.replace("BAND", &band(1)));
    text.push_str("steps:\n");
    for n in 0..LARGE_BRANCHES {
        let _ = write!(
            text,
            "  - branch:\n      id: choice-{n}\n      when:\n        - if: contact.count(\"paid_north\", within=\"365d\") > {n}\n          steps:\n            - wait: 2d\n            - send: {{id: a-{n}, template: shared/letter-00, purpose: content, class: commercial}}\n            - wait: 3d\n            - send: {{id: b-{n}, template: shared/letter-01, purpose: content, class: commercial}}\n      else:\n        - wait: 4d\n        - send: {{id: c-{n}, template: shared/letter-02, purpose: status_update}}\n  - wait: 6d\n  - send: {{id: d-{n}, template: shared/letter-03, purpose: check_in}}\n"
        );
    }
    text
}

/// Writes the repository; answers how many bytes of YAML it holds.
pub(crate) fn write(root: &Path, journeys: usize) -> io::Result<u64> {
    let mut bytes = 0;
    let mut put = |path: String, text: String| -> io::Result<()> {
        let path = root.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        if path.extension().is_some_and(|it| it == "yaml") {
            bytes += text.len() as u64;
        }
        fs::write(path, text)
    };
    put("journeyc.yaml".to_owned(), project())?;
    put("templates/layouts/base.mjml".to_owned(), LAYOUT.to_owned())?;
    for letter in 0..LETTERS {
        put(
            format!("templates/shared/letter-{letter:02}.mjml"),
            template(letter),
        )?;
    }
    for number in 0..journeys {
        let line = number % LINES;
        let (name, text) = journey(number, journeys);
        put(format!("journeys/line-{line:02}/{name}.yaml"), text)?;
    }
    Ok(bytes)
}

/// Small, repeatable variety: the same number gives the same word.
fn pick<'a>(words: &[&'a str], number: usize, salt: usize) -> &'a str {
    let mixed = number
        .wrapping_mul(2_654_435_761)
        .wrapping_add(salt.wrapping_mul(40_503))
        >> 7;
    words[mixed % words.len()]
}

fn journey(number: usize, journeys: usize) -> (String, String) {
    let line = number % LINES;
    let (_, head, steps) = KINDS[(number / LINES) % KINDS.len()];
    let name = name(number);
    let letter = |salt: usize| format!("shared/letter-{:02}", (number * 7 + salt) % LETTERS);
    let mut text = format!(
        "# yaml-language-server: $schema=../../schema/journey.schema.json\njourney: {name}\n"
    );
    text.push_str(head);
    text.push_str(steps);
    let text = text
        .replace("NEXT", &next(number, journeys))
        .replace("REGION", REGIONS[line % REGIONS.len()])
        .replace("LINE", &format!("{line:02}"))
        .replace("BAND", &band(number / LINES / KINDS.len()))
        .replace("DAYS", pick(&["5d", "6d", "7d", "1w", "8d"], number, 2))
        .replace(
            "HOUR",
            pick(&["09:00", "10:00", "10:30", "14:00", "16:00"], number, 3),
        )
        .replace(
            "PROMISE",
            pick(
                &[
                    "a short film",
                    "a care card",
                    "news of the parcel",
                    "a call",
                ],
                number,
                4,
            ),
        );
    let mut out = String::with_capacity(text.len() + 128);
    for (count, piece) in text.split("LETTER").enumerate() {
        if count > 0 {
            out.push_str(&letter(count));
        }
        out.push_str(piece);
    }
    (name, out)
}

fn name(number: usize) -> String {
    let (kind, _, _) = KINDS[(number / LINES) % KINDS.len()];
    format!("{kind}-{number:05}")
}

/// Which of an event's people a journey is for: no two journeys of one kind and line share any.
fn band(of: usize) -> String {
    let (from, to) = (of * 20, (of + 1) * 20);
    format!("event.total >= {from} and event.total < {to}")
}

/// What follows a journey: the renewal after a purchase, the purchase after all else.
fn next(number: usize, journeys: usize) -> String {
    let kind = (number / LINES) % KINDS.len();
    let purchase = number - kind * LINES;
    let follows = if kind == 0 {
        purchase + 2 * LINES
    } else {
        purchase
    };
    if follows < journeys {
        format!("next: [{}]", name(follows))
    } else {
        "next: []".to_owned()
    }
}

fn project() -> String {
    let mut text = PROJECT.to_owned();
    for region in REGIONS {
        text.push_str(&PAID.replace("REGION", region));
    }
    for line in 0..LINES {
        let line = format!("{line:02}");
        text.push_str(&EVENTS.replace("LINE", &line));
    }
    text
}

fn template(number: usize) -> String {
    let mut text = format!(
        "---\nsubject: \"{{{{ contact.first_name | default('Hello') }}}}, news from the workshop, part {number}\"\n\
         preheader: \"What happens next, and when\"\nlayout: layouts/base.mjml\n---\n<mj-text>\n"
    );
    for paragraph in 0..=number % 5 {
        let _ = writeln!(
            text,
            "<p>Dear {{{{ contact.first_name | default('friend') }}}}, your things are in good hands at \
             {{{{ brand.name }}}}. We pack with paper only, and a person of ours reads every answer. \
             This is paragraph {paragraph} of letter {number}.</p>"
        );
    }
    text.push_str("{% if contact.plan == 'pro' %}<p>As a member you are served first.</p>{% endif %}\n</mj-text>\n");
    text.push_str("<mj-button href=\"{{ brand.url }}/help\">Read how it works</mj-button>\n");
    text
}

const LAYOUT: &str = r##"<mjml lang="{{ locale }}">
  <mj-head><mj-style>p { margin: 0 0 12px; } a { color: #1f5c42; }</mj-style></mj-head>
  <mj-body background-color="#f4f1ea" width="600px">
    <mj-section background-color="#ffffff" padding="24px 0">
      <mj-column>
        {% block content %}{% endblock %}
        <mj-text><p>Maya, {{ sender.name }}</p></mj-text>
      </mj-column>
    </mj-section>
    <mj-section>
      <mj-column>
        <mj-text font-size="14px"><p>{{ brand.name }}, {{ brand.postal_address }}.
          <a href="{{ links.unsubscribe }}">Unsubscribe</a> or
          <a href="{{ links.preferences }}">choose what you get</a>.</p></mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
"##;

const PROJECT: &str = r#"# yaml-language-server: $schema=schema/project.schema.json
version: 1
brand:
  name: Hundred Houses
  url: https://hundred.example
  postal_address: "Hundred Houses Ltd, 1 Orchard Row, Bristol BS1 1AA, UK"
profile: ecommerce
timezone: Europe/London
locales: [en]
jurisdictions: [uk, eu]
senders:
  care: {kind: role, name: Hundred Houses, address: care@hundred.example, monitored: true, handled_by: helpdesk, respond_within: 1bd}
contact:
  first_name: {type: string, nullable: true, sample: [Ana, null]}
  plan: {type: string, enum: [free, pro], sample: [free, pro]}
  renews_on: {type: date, nullable: true, sample: ["2027-04-14", null]}
personas:
  newcomer: {description: "First order; needs to know what happens next", contact: {first_name: Ana, plan: free, renews_on: null}}
  regular: {description: "Orders every season", contact: {first_name: Bo, plan: pro, renews_on: "2027-04-14"}}
policy:
  send_window: {days: [mon, tue, wed, thu, fri, sat, sun], from: "08:00", to: "20:00", zone: contact}
  frequency_cap: {commercial: {per_day: 1, per_week: 3}, when_full: skip}
  link_domains: [hundred.example]
events:
  unsubscribed: {milestone: unsubscribed, ignored: "every journey watches it as an exit"}
  bounced: {milestone: bounced, ignored: "every journey watches it as an exit"}
"#;

const PAID: &str = r"  paid_REGION:
    milestone: payment
    key: order_id
    properties: {order_id: string, line: string, total: {type: number, sample: [42.5, 18]}}
";

const EVENTS: &str = r"  delivered_LINE: {milestone: delivered, key: order_id, promised_within: 9d, properties: {order_id: string}}
  refunded_LINE: {milestone: refunded, key: order_id, properties: {order_id: string}}
  reviewed_LINE: {milestone: feedback_given, key: order_id, properties: {order_id: string, score: number}}
  checkout_LINE:
    milestone: intent
    key: cart_id
    properties: {cart_id: string, total: {type: number, sample: [42.5, 18]}}
  renewal_LINE: {milestone: renewal_due, key: order_id, properties: {order_id: string, total: {type: number, sample: [9, 19]}}}
  renewed_LINE: {key: order_id, properties: {order_id: string}}
  complaint_LINE: {milestone: complaint_opened, key: ticket_id, properties: {ticket_id: string, total: {type: number, sample: [1, 2]}}}
  settled_LINE: {milestone: complaint_closed, key: ticket_id, properties: {ticket_id: string}}
";

const HEAD_PURCHASE: &str = r#"title: From payment to the second order, line LINE
description: Sent by care, approved by the head of service; every answer reaches a person.
owner: lifecycle
reviewers: [customer-care]
stage: [during, after]
personas: [newcomer, regular]
class: transactional
basis: soft_opt_in
from: care
trigger: {event: paid_REGION, where: 'event.line == "LINE" and BAND'}
reentry: per_key
priority: 100
in_flight: finish_old
exits:
  - {on: refunded_LINE, reason: refunded}
  - {on: complaint_LINE, only: commercial, reason: complaint}
  - {on: unsubscribed, only: commercial, reason: unsubscribed}
  - {on: bounced, only: commercial, reason: bounced}
goal: {event: paid_REGION, within: 90d}
metrics: [review_rate_45d, repeat_purchase_rate_90d]
NEXT
review_by: 2027-06-30
"#;

const STEPS_PURCHASE: &str = r#"
steps:
  - send:
      id: confirmation
      template: LETTER
      purpose: [confirmation, next_steps]
      two_way: true
      respond_within: 1bd
      emotion: {expected: 1}
      promises:
        - {what: "PROMISE, tomorrow", step: film, within: 36h}

  - touch:
      id: card-in-the-parcel
      title: Hand-written card
      channel: parcel
      by: warehouse
      purpose: wow
      surprise: true

  - wait: 1d

  - send:
      id: film
      template: LETTER
      purpose: [thank_you, wow]
      emotion: {expected: 2}

  - wait_for:
      id: delivery
      event: delivered_LINE
      timeout: 5d
      on_timeout:
        - send:
            id: delay-notice
            template: LETTER
            purpose: [delay_notice, apology, status_update]
            emotion: {expected: -1, risk: "it was meant for a birthday"}
        - task:
            id: find-the-parcel
            title: Call the carrier, then the customer
            channel: phone
            owner: customer-care
            respond_within: 1bd
            purpose: apology
        - exit: not-delivered

  - send: {id: setup-help, template: LETTER, purpose: setup_help}

  - wait: {id: first-week, for: DAYS, at: "HOUR", on: [mon, tue, wed, thu, fri]}

  - branch:
      id: first-or-returning
      when:
        - if: contact.count("paid_REGION", within="365d") > 1
          title: has bought before
          steps:
            - send: {id: welcome-back, template: LETTER, purpose: check_in}
      else:
        - send: {id: first-check-in, template: LETTER, purpose: check_in}

  - wait: {id: settling-in, for: 16d, at: "HOUR"}
  - send:
      id: review-request
      template: LETTER
      class: commercial
      purpose: feedback_request
      asks: review
      unless: contact.did("reviewed_LINE", since=entry)
  - exit: settled-in
"#;

const HEAD_ABANDONMENT: &str = r"title: A basket that was left, line LINE
description: Sent by care, approved by the head of service; every answer reaches a person.
owner: lifecycle
reviewers: [customer-care]
stage: [before, during]
personas: [newcomer, regular]
class: commercial
basis: soft_opt_in
from: care
trigger: {event: checkout_LINE, where: BAND}
reentry: {after: 30d}
priority: 60
in_flight: finish_old
exits:
  - {on: paid_north, reason: bought}
  - {on: paid_south, reason: bought}
  - {on: paid_east, reason: bought}
  - {on: paid_west, reason: bought}
  - {on: refunded_LINE, reason: refunded}
  - {on: complaint_LINE, reason: complaint}
  - {on: unsubscribed, reason: unsubscribed}
  - {on: bounced, reason: bounced}
goal: {event: paid_REGION, within: 14d}
metrics: [recovered_rate_7d, repeat_purchase_rate_90d]
NEXT
review_by: 2027-06-30
";

const STEPS_ABANDONMENT: &str = r#"
steps:
  # A reminder helps most while the basket is fresh.
  - wait: 4h
  - send:
      id: basket-kept
      title: We keep your basket
      template: LETTER
      purpose: [abandonment, reminder]
      two_way: true
      respond_within: 1bd
      unless: contact.did("paid_REGION", since=entry)
      emotion: {expected: 0}
  - wait: {id: a-night, for: 2d, at: "HOUR", on: [mon, tue, wed, thu, fri, sat]}
  - branch:
      id: followed-the-link
      when:
        - if: contact.clicked("basket-kept") and contact.plan == "pro"
          title: a member who came back
          steps:
            - task:
                id: ask-what-is-missing
                title: Write a personal line
                channel: chat
                owner: customer-care
                respond_within: 1bd
                purpose: check_in
                unless: contact.did("paid_REGION", since=entry)
        - if: contact.plan in ["free", "pro"] and not contact.did("paid_REGION", within="30d")
          steps:
            - send:
                id: questions-answered
                template: LETTER
                purpose: content
                unless: contact.did("paid_REGION", since=entry)
      else: []
  - wait: DAYS
  - split:
      id: last-word
      arms:
        guide:
          weight: 50
          steps:
            - send:
                id: choosing-guide
                template: LETTER
                purpose: content
                unless: contact.did("paid_REGION", since=entry)
        offer:
          weight: 30
          steps:
            - send:
                id: free-delivery
                template: LETTER
                purpose: [content, reminder]
                unless: contact.did("paid_REGION", since=entry)
        nothing:
          weight: 20
          steps: []
  - set: {id: mark-interest, attribute: plan, value: free}
  - touch:
      id: banner
      title: The basket waits on the front page, with PROMISE
      channel: web
      by: shop
      purpose: reminder
      class: commercial
  - exit: basket-forgotten
"#;

const HEAD_RENEWAL: &str = r"title: Before a subscription renews, line LINE
description: Sent by care, approved by the head of service; every answer reaches a person.
owner: lifecycle
reviewers: [customer-care]
stage: return
personas: [regular]
class: transactional
basis: soft_opt_in
from: care
trigger: {event: renewal_LINE, where: BAND}
reentry: per_key
priority: 90
in_flight: finish_old
exits:
  - {on: refunded_LINE, reason: cancelled}
  - {on: complaint_LINE, only: commercial, reason: complaint}
  - {on: unsubscribed, only: commercial, reason: unsubscribed}
  - {on: bounced, only: commercial, reason: bounced}
goal: {event: renewed_LINE, within: 60d}
metrics: [renewal_rate_30d, repeat_purchase_rate_90d]
NEXT
review_by: 2027-06-30
";

const STEPS_RENEWAL: &str = r#"
steps:
  - send:
      id: what-will-happen
      title: Your subscription, in plain words
      template: LETTER
      purpose: [renewal_notice, next_steps]
      two_way: true
      respond_within: 1bd
      emotion: {expected: 0}

  - wait_until:
      id: renewal-near
      date: contact.renews_on
      offset: "-20d"
      at: "HOUR"
      if_past: continue

  - send:
      id: in-time
      template: LETTER
      purpose: renewal_notice
      emotion: {expected: 0, risk: "they forgot that it renews"}

  - wait_for:
      id: payment
      event: renewed_LINE
      timeout: DAYS
      on_timeout:
        - send:
            id: payment-trouble
            template: LETTER
            purpose: [status_update, next_steps]
            emotion: {expected: -1}
        - wait_for:
            id: second-try
            event: renewed_LINE
            timeout: 5d
            on_timeout:
              - task:
                  id: call-about-payment
                  channel: phone
                  owner: customer-care
                  respond_within: 1bd
                  purpose: check_in
              - exit: not-renewed

  - send:
      id: thanks
      template: LETTER
      purpose: thank_you
      emotion: {expected: 2}

  - wait: 3d
  # One useful letter each month, no more.
  - repeat:
      id: monthly-letter
      times: 3
      every: 30d
      until: contact.did("refunded_LINE", since=entry)
      steps:
        - send:
            id: monthly
            template: LETTER
            class: commercial
            purpose: content
            if: contact.plan == "pro"
            unless: contact.did("complaint_LINE", within="30d")
        - wait: {for: 1d, on: [mon, tue, wed, thu]}

  - exit: renewed
"#;

const HEAD_COMPLAINT: &str = r"title: Something went wrong, line LINE
description: A person of ours answers first; letters only say what happens next.
owner: customer-care
reviewers: [lifecycle]
stage: after
personas: [newcomer, regular]
class: transactional
basis: transactional
from: care
trigger: {event: complaint_LINE, where: BAND}
reentry: per_key
priority: 200
in_flight: finish_old
exits:
  - {on: refunded_LINE, reason: money-back}
goal: {event: settled_LINE, within: 14d}
metrics: [first_answer_rate_1d, repeat_purchase_rate_90d]
NEXT
review_by: 2027-06-30
";

const STEPS_COMPLAINT: &str = r#"
steps:
  - send:
      id: we-have-it
      title: We have your message
      template: LETTER
      purpose: [acknowledgement, next_steps]
      two_way: true
      respond_within: 1bd
      human: true
      emotion: {expected: -1, risk: "they have written before"}
      promises:
        - {what: "PROMISE, within two days", step: personal-call, within: 2d}

  - task:
      id: personal-call
      title: Call and listen; settle what can be settled at once
      channel: phone
      owner: customer-care
      respond_within: 1bd
      purpose: [apology, status_update]
      emotion: {expected: 0}

  - wait_for:
      id: settled
      event: settled_LINE
      timeout: DAYS
      on_timeout:
        - send:
            id: still-on-it
            template: LETTER
            purpose: [status_update, apology]
            two_way: true
            respond_within: 1bd
            emotion: {expected: 0}
        - wait_for:
            id: settled-late
            event: settled_LINE
            timeout: 2w
            on_timeout:
              - task:
                  id: head-of-service
                  title: The head of service calls
                  channel: phone
                  owner: customer-care
                  respond_within: 2bd
                  purpose: apology
              - exit: unsettled

  - wait: {id: a-quiet-week, for: 1w 1d, at: "HOUR", on: [tue, wed, thu], zone: Europe/London}

  - branch:
      id: bought-since
      when:
        - if: contact.did("paid_REGION", since=entry)
          title: trusts us again
          steps:
            - send: {id: glad, template: LETTER, purpose: thank_you}
      else:
        - send:
            id: is-all-well
            template: LETTER
            purpose: check_in
            two_way: true
            respond_within: 1bd
            emotion: {expected: 1}

  - exit: put-right
"#;
