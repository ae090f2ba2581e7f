// Proves that our state machines are Amazon States Language.
//
//     node asl.mjs EXPORTS
//
// `asl-validator` reads every machine below EXPORTS/PROJECT/aws/*/requests: its schemas, and that every
// state is there and reached. At the end machines are spoilt on purpose: each must be refused.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from './packages.mjs';
import { check, finish } from './tally.mjs';

const folder = process.argv[2];
const validate = load('asl-validator');

function problems(definition) {
  const { isValid, errors } = validate(definition);
  return isValid ? [] : errors.map((it) => `${it['Error code']}: ${it.Message ?? ''} ${JSON.stringify(it.path ?? it['Schema path'] ?? '')}`);
}

const machines = [];
for (const project of readdirSync(folder)) {
  const aws = join(folder, project, 'aws');
  if (!existsSync(aws)) continue;
  for (const environment of readdirSync(aws)) {
    const requests = join(aws, environment, 'requests');
    for (const file of readdirSync(requests).sort()) {
      const request = JSON.parse(readFileSync(join(requests, file)));
      if (request.path !== 'states:CreateStateMachine') continue;
      const definition = JSON.parse(request.body.definition);
      machines.push(definition);
      check(`${project}/${file}: ${Object.keys(definition.States).length} states`, problems(definition));
    }
  }
}

const rich = machines.find((it) => {
  const kinds = new Set(Object.values(it.States).map((state) => state.Type));
  return ['Task', 'Choice', 'Wait', 'Pass'].every((kind) => kinds.has(kind));
});
check('there is a machine to spoil', rich ? [] : [`${machines.length} machines, none of use`]);
const first = (machine, kind) => Object.values(machine.States).find((it) => it.Type === kind);
const SPOILT = {
  'no start': (it) => delete it.StartAt,
  'a start that is not there': (it) => (it.StartAt = 'nowhere'),
  'a way to nowhere': (it) => (first(it, 'Wait').Next = 'nowhere'),
  'a state that nobody reaches': (it) => (it.States.lost = { Type: 'Pass', End: true }),
  'a task without a resource': (it) => delete first(it, 'Task').Resource,
  'a state of an unknown type': (it) => (first(it, 'Pass').Type = 'Pigeon'),
  'a misspelt key': (it) => (first(it, 'Task').Argumnets = {}),
  'a choice without choices': (it) => (first(it, 'Choice').Choices = []),
  'a wait of less than nothing': (it) => (first(it, 'Wait').Seconds = -1),
};
for (const [name, edit] of rich ? Object.entries(SPOILT) : []) {
  const machine = structuredClone(rich);
  edit(machine);
  check(`refused: ${name}`, problems(machine).length ? [] : ['asl-validator let it pass']);
}
finish();
