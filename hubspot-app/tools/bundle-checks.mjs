// What must hold of every bundle that goes to HubSpot.

import vm from 'node:vm';

export const MAX_BYTES = 100_000;

/** All that is wrong with a bundle's text, as sentences. */
export function bundleProblems(text) {
  const problems = [];
  const bytes = Buffer.byteLength(text);
  if (bytes >= MAX_BYTES) {
    problems.push(`has ${bytes} bytes, ${MAX_BYTES} or more`);
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
