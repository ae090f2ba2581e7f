// Proves that Handlebars shows what our previews show, for the providers that speak it.
//
//     node handlebars.mjs FOLDER DIALECT
//
// None of these providers' engines can be had (the engine that Mailgun has published is asked by
// mailgun/, and SES by ses.mjs). So this is the npm package `handlebars`, with the helpers below, each
// written after the provider's own documentation and nothing more: where that says nothing, neither do
// we, and the printer must not use it. A helper that is not here fails the proof.

import { prove } from './conform.mjs';
import { load } from './packages.mjs';

const Handlebars = load('handlebars');

const [folder, dialect] = process.argv.slice(2);
const LINKS = 'https://links.example';
const isFalse = (value) => !value || Handlebars.Utils.isEmpty(value);

/** A helper whose block stands if `test` holds, with `{{else}}`. */
const block = (test) => function helper(...args) {
  const options = args.pop();
  return test(...args) ? options.fn(this) : options.inverse(this);
};

/** A number, or the mail is not sent. */
const number = (value) => {
  if (typeof value !== 'number') throw new Error(`${JSON.stringify(value)} is not a number`);
  return value;
};

/** A text, or the mail is not sent. */
const text = (value) => {
  if (typeof value !== 'string' || !value) throw new Error(`${JSON.stringify(value)} is not a text`);
  return value;
};

const isMissing = (value) => value === null || value === undefined || value === '';

const PROVIDERS = {
  'handlebars-sendgrid': {
    // "The equals helper will also attempt to coerce data types"; numbers are compared as numbers.
    helpers: {
      equals: block((a, b) => a == b), // eslint-disable-line eqeqeq
      notEquals: block((a, b) => a != b), // eslint-disable-line eqeqeq
      greaterThan: block((a, b) => number(a) > number(b)),
      lessThan: block((a, b) => number(a) < number(b)),
      and: block((a, b) => !isFalse(a) && !isFalse(b)),
      or: block((a, b) => !isFalse(a) || !isFalse(b)),
    },
    data: ({ contact, event }) => ({ contact, event, unsubscribe: `${LINKS}/unsubscribe`, unsubscribe_preferences: `${LINKS}/preferences` }),
  },
  'handlebars-mailgun': {
    // Compares what the values print, and has no `{{else}}`.
    helpers: {
      equal(a, b, options) { return String(a ?? '') === String(b ?? '') ? options.fn(this) : ''; },
    },
    // What a context lacks is looked for in the contexts around.
    compile: { compat: true },
    escapes: { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' },
    data: ({ contact, event }) => ({ contact, event }),
    after: (shown) => shown.replaceAll('%unsubscribe_url%', `${LINKS}/unsubscribe`),
  },
  'handlebars-mandrill': {
    helpers: {},
    // Counters, block parameters, `@root` and `../` are not documented.
    forbidden: /\{\{[^}]*(@|\.\.\/| as \|)/,
    data: ({ contact, event }) => ({ contact, event }),
  },
  'handlebars-iterable': {
    helpers: {
      // What a plain entry lacks, as it lacks everything, is looked for around it.
      each(list, options) {
        const data = Handlebars.createFrame(options.data);
        const turn = (entry, index) => {
          Object.assign(data, { index, first: index === 0, last: index === list.length - 1 });
          return options.fn(whole(Object.assign({}, typeof entry === 'object' ? entry : {})), { data, blockParams: [entry, index] });
        };
        return (list ?? []).map(turn).join('');
      },
      // "Fires on null, undefined, and empty string."
      defaultIfEmpty: (value, other) => (isMissing(value) ? other : value),
      // "Safe against nulls", for strings and numbers.
      ifEq: block((a, b) => a === b || (isMissing(a) && isMissing(b))),
      // "Referencing a non-existent or null field: template fails."
      ifGt: block((a, b) => number(a) > number(b)),
      ifGte: block((a, b) => number(a) >= number(b)),
      ifLt: block((a, b) => number(a) < number(b)),
      ifLte: block((a, b) => number(a) <= number(b)),
      // "Referencing an empty or missing field: template fails."
      ifContainsStr: block((whole, part) => text(whole).includes(text(part))),
      upper: (value) => text(value).toUpperCase(),
      lower: (value) => text(value).toLowerCase(),
      // "Sentence case: first word only"; the rest stays.
      capitalizeFirst: (value) => { const [first, ...rest] = text(value); return first.toUpperCase() + rest.join(''); },
      cut: (value, part) => text(value).replaceAll(part, ''),
      math: (a, operator, b) => ({ '+': (x, y) => x + y, '-': (x, y) => x - y })[operator](number(a), number(b)),
      numberFormat(value, options) {
        const { groupingUsed, maximumFractionDigits } = options.hash;
        return new Intl.NumberFormat('en-US', { useGrouping: groupingUsed, maximumFractionDigits }).format(number(value));
      },
    },
    // Like handlebars.java: what an entry lacks is looked for around it. An event's properties stand
    // beside the profile's, and hide them.
    compile: { compat: true },
    // No `../`, `@root`, `{{^` or `{{else}}` in a loop is documented.
    forbidden: /\{\{(>|\^|#with|[^}]*(@root|\.\.\/))/,
    data: ({ contact, event }) => ({
      ...sized(contact), ...sized(event), profile: sized(contact),
      unsubscribeUrl: `${LINKS}/unsubscribe`, hostedUnsubscribeUrl: `${LINKS}/preferences`, viewInBrowserUrl: `${LINKS}/web_view`,
    }),
  },
};

/** The same data as handlebars.java has it: lists know their `size`, and no property makes an object a text. */
function sized(value) {
  if (Array.isArray(value)) {
    const list = value.map(sized);
    Object.defineProperty(list, 'size', { value: list.length });
    return list;
  }
  if (value === null || typeof value !== 'object') return value;
  return whole(Object.fromEntries(Object.entries(value).map(([key, it]) => [key, sized(it)])));
}

/** handlebars.js compares contexts with `!=`, which asks an object for its `toString`. */
function whole(object) {
  return Object.defineProperty(object, Symbol.toPrimitive, { value: () => '[an object]' });
}

const { helpers, compile = {}, data, forbidden, escapes, after = (shown) => shown } = PROVIDERS[dialect];
if (escapes) {
  Handlebars.Utils.escapeExpression = (it) => (it?.toHTML ? it.toHTML() : String(it ?? '').replace(/[&<>"']/g, (sign) => escapes[sign]));
}
// `lookup`, `with` and `log` are no one's but SES's.
for (const name of ['lookup', 'with', 'log', 'blockHelperMissing']) Handlebars.unregisterHelper(name);
for (const [name, helper] of Object.entries(helpers)) Handlebars.registerHelper(name, helper);
Handlebars.log = () => {};
Handlebars.logger.level = 'error';

const known = Object.fromEntries(Object.keys(helpers).map((name) => [name, true]));

function parse(template) {
  if (forbidden?.test(template)) throw new Error(`not documented: ${template.match(forbidden)[0]}`);
  return Handlebars.compile(template, { ...compile, knownHelpers: known });
}

const render = (template, sample) => after(template(whole({ ...data(sample), ...sample.variables })));

await prove(folder, dialect, `handlebars ${Handlebars.VERSION}`, parse, render);
