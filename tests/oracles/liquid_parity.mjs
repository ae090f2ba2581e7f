// Proves that Dittofeed and Customer.io show what our previews show.
//
// Both run liquidjs with strict variables. Dittofeed's own source names the version and the options
// (10.7.1, `strictVariables` and `lenientIf`); Customer.io names neither, only that a missing value
// stops the send, so the same options are taken, and the newest version beside the old one. The tags
// that make links are put in as the providers document them. Half of it runs west of Greenwich and half
// east, where a server that forgets the zone of a date shows another day.
//
//     liquid_parity.mjs FOLDER DIALECT

import { prove } from './conform.mjs';
import { load } from './packages.mjs';

const [folder, dialect] = process.argv.slice(2);
const EVENT = 'order_paid';

const roots = {
  'liquid-dittofeed': ({ contact, event }) => ({
    user: { ...contact, ...Object.fromEntries(Object.entries(event).map(([key, it]) => [`${EVENT}_${key}`, it])) },
    tags: {},
  }),
  'liquid-customerio': ({ contact, event }) => ({ customer: contact, event }),
};

const links = {
  unsubscribe_url: 'unsubscribe',
  subscription_management_url: 'preferences',
  manage_subscription_preferences_url: 'preferences',
  view_in_browser_url: 'web_view',
};

function engine(name) {
  const { Liquid } = load(name);
  const liquid = new Liquid({ strictVariables: true, lenientIf: true, relativeReference: false });
  for (const [tag, link] of Object.entries(links)) {
    liquid.registerTag(tag, { parse() {}, render: () => `https://links.example/${link}` });
  }
  // Customer.io lists this one among its own; the old version has none.
  liquid.registerFilter('cgi_escape', (text) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`).replace(/%20/g, '+'));
  return liquid;
}

const ways = {
  'liquidjs 10.7.1 in Los Angeles': { liquid: engine('liquidjs-10-7'), zone: 'America/Los_Angeles' },
  'liquidjs 10.30.1 in Auckland': { liquid: engine('liquidjs'), zone: 'Pacific/Auckland' },
};

const parse = (text) => Object.fromEntries(Object.entries(ways).map(([name, { liquid }]) => [name, liquid.parse(text)]));
const render = (parsed, sample, way) => {
  process.env.TZ = ways[way].zone;
  return ways[way].liquid.renderSync(parsed[way], roots[dialect](sample));
};
await prove(folder, dialect, 'liquidjs', parse, render, Object.keys(ways));
