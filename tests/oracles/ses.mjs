// Proves that Amazon SES shows what our previews show.
//
//     node ses.mjs FOLDER
//
// SES itself cannot be had. This is `aws-ses-v2-local`, a server of SES's API that renders as SES does:
// only the helpers of Handlebars itself, nothing escaped, and, as it is told here, no mail where a value
// is missing. Each printed template is sent to all recipients there, and read back from its store. The template data is what whoever sends has worked out, and nothing else.

import { prove } from './conform.mjs';
import { load } from './packages.mjs';

const folder = process.argv[2];
const PARTS = { html: 'Html', text: 'Text', subject: 'Subject' };
// The server wants to see that somebody signs, whoever it is.
const HEADERS = { 'content-type': 'application/json', authorization: 'AWS4-HMAC-SHA256 Credential=nobody' };

process.env.AWS_SES_STRICT_TEMPLATE_RENDERING = 'true';
const server = await load('aws-ses-v2-local').default({ host: '127.0.0.1', port: 0 });
const origin = `http://127.0.0.1:${server.address().port}`;

async function call(method, path, body) {
  const answer = await fetch(origin + path, { method, headers: HEADERS, body: body && JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.status} ${text}`);
  return text && JSON.parse(text);
}

/** Sends a template to everybody; gives what each of them gets. */
async function send(template, surface, samples) {
  // SES takes no empty part.
  if (!template) return () => '';
  const content = { Subject: 'A subject', Text: 'A text', [PARTS[surface]]: template };
  try {
    const data = (it) => JSON.stringify({ amazonSESUnsubscribeUrl: 'https://links.example/unsubscribe', ...it.variables });
    const { BulkEmailEntryResults: results } = await call('POST', '/v2/email/outbound-bulk-emails', {
      FromEmailAddress: 'care@fernandfinch.example',
      DefaultContent: { Template: { TemplateContent: content, TemplateData: '{}' } },
      BulkEmailEntries: samples.map((it) => ({
        Destination: { ToAddresses: ['ana@example.org'] },
        ReplacementEmailContent: { ReplacementTemplate: { ReplacementTemplateData: data(it) } },
      })),
    });
    const { emails } = await call('GET', '/store');
    const sent = new Map(emails.map((it) => [it.messageId, { subject: it.subject, ...it.body }]));
    const shown = results.map((it) => sent.get(it.MessageId)?.[surface] ?? `${it.Status}: ${it.Error}`);
    return (sample) => shown[samples.indexOf(sample)];
  } finally {
    await call('POST', '/clear-store');
  }
}

await prove(folder, 'handlebars-ses', 'aws-ses-v2-local 2.10.2', send, (shown, sample) => shown(sample));
server.close();
server.closeAllConnections();
