// Opens a form in ODK's own web engine, gives it answers, and tells which questions are asked.
// Usage: node odk_engine.mjs FOLDER_OF_node_modules FORM.xml CASES.json
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, form, cases] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(folder), 'index.js'));
const { JSDOM } = require('jsdom');
const { window } = new JSDOM('<html></html>', { url: 'http://localhost/' });
for (const name of Object.getOwnPropertyNames(window)) {
  if (/^[A-Z]/.test(name) && !(name in globalThis)) globalThis[name] = window[name];
}
Object.assign(globalThis, { window, document: window.document, require, __dirname: folder });
const entry = path.join(folder, 'node_modules/@getodk/xforms-engine/dist/index.js');
const { createInstance } = await import(pathToFileURL(path.resolve(entry)));

function questions(node, found = {}) {
  found[String(node.definition?.nodeset ?? '').split('/').pop()] = node;
  const children = node.currentState?.children;
  for (const child of Array.isArray(children) ? children : []) questions(child, found);
  return found;
}

const asked = [];
for (const answers of JSON.parse(fs.readFileSync(cases, 'utf8'))) {
  const nodes = questions((await createInstance(fs.readFileSync(form, 'utf8'), {})).root);
  for (const [name, text] of Object.entries(answers)) {
    if (text === '') continue;
    if (nodes[name].selectValues) nodes[name].selectValues(text.split(' '));
    else if (nodes[name].selectValue) nodes[name].selectValue(text);
    else nodes[name].setValue(text);
  }
  asked.push(Object.keys(nodes).filter((name) => nodes[name].currentState.relevant));
}
console.log(JSON.stringify(asked));
