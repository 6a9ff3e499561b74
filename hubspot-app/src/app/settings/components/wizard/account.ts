/** Account ids as people type them: `1234567`, `1234567-sb1`, `TSTDRV1234567`. The backend decides; this only helps while typing. */

const ACCOUNT_ID = /^[A-Za-z0-9]+([_-](SB|RP)\d*)?$/i;

export function isAccountId(text: string): boolean {
  return ACCOUNT_ID.test(text.trim());
}

export function isSandboxId(text: string): boolean {
  return isAccountId(text) && /[_-](SB|RP)\d*$/i.test(text.trim());
}

/** Whether two spellings name the same account. */
export function isSameAccount(one: string, other: string): boolean {
  return canonical(one) === canonical(other);
}

function canonical(text: string): string {
  return text.trim().toUpperCase().replaceAll('-', '_');
}
