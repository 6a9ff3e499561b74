// What must hold of every bundle that goes to HubSpot.

import vm from 'node:vm';

/**
 * How large each bundle may be. HubSpot loads one file per extension and splits no code, so each carries its texts in all five
 * languages: of the card some 60 kB, of the settings page, which administrators open now and then, some 290 kB. Packed they are about
 * a quarter of that. What is left is the code, and that is to stay small.
 */
export const MAX_BYTES = { 'InvoicesCard.js': 150_000, 'SettingsPage.js': 430_000 };

/** All that is wrong with a bundle's text of which it may have fewer than `maxBytes`, as sentences. */
export function bundleProblems(text, maxBytes) {
  const problems = [];
  const bytes = Buffer.byteLength(text);
  if (bytes >= maxBytes) {
    problems.push(`has ${bytes} bytes, ${maxBytes} or more`);
  }
  for (const name of ['document', 'window']) {
    if (new RegExp(`(?<![\\w.$])${name}\\.`).test(text)) {
      problems.push(`touches ${name}, which a worker does not have`);
    }
  }
  if (!text.includes('extend_V2')) {
    problems.push('never registers itself (no extend_V2)');
  }
  if (!isClassicScript(text)) {
    problems.push('is no classic script (does it import or export?)');
  }
  // Before the function only what the bundler puts there: the namespace of the exports, and helpers for class fields.
  if (!/^(?:this\.[\w$]+=this\.[\w$]+\|\|\{\};|var [^\n]{0,400}?;)?\(function\([\w$,]*\)\{[^]*\}\)\([^()]*(?:\{\})?[^()]*\);?$/.test(text.trim())) {
    problems.push('is not one immediately called function');
  }
  return problems;
}

function isClassicScript(text) {
  try {
    return new vm.Script(text) instanceof vm.Script;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return false;
    }
    throw error;
  }
}
